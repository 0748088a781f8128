"""The way to the store: refusals are written there, and it knows what Temporal has forgotten."""

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from services.api.problems import unavailable
from temporal.config import StoreSettings
from temporal.store.database import open_store
from temporal.store.errors import StoreError
from temporal.store.prepare import prepare_store

RETRY_SECONDS = 2.0
"""How long to wait between attempts to open it, in seconds."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class StoreLink:
    """The store, as soon as it is open.

    Args:
        settings: Where it is.

    Raises:
        ConfigError: The settings cannot be used.
    """

    def __init__(self, settings: StoreSettings) -> None:
        self._engine = open_store(settings)
        self._is_open = False

    async def open(self) -> None:
        """Returns once the store can be used; tries for ever."""
        said = ""
        while not self._is_open:
            try:
                await asyncio.to_thread(prepare_store, self._engine)
                self._is_open = True
            except StoreError as error:
                if str(error) != said:
                    log.warning("%s", error)
                said = str(error)
                await asyncio.sleep(RETRY_SECONDS)

    async def run(self, work: Callable[[Engine], T]) -> T:
        """Runs something on the store in a thread.

        Raises:
            Problem: The store is not there (503).
        """
        if not self._is_open:
            raise unavailable("the store is not open; try again")
        try:
            return await asyncio.to_thread(work, self._engine)
        except (StoreError, SQLAlchemyError) as error:
            log.warning("the store failed: %s", type(error).__name__)
            raise unavailable("the store does not answer; try again") from error

    async def check(self) -> None:
        """Makes sure that the store answers.

        Raises:
            Problem: It does not (503).
        """
        await self.run(_answers)

    def close(self) -> None:
        """Closes it."""
        self._engine.dispose()


def _answers(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
