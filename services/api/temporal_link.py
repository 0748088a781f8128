"""The way to Temporal, which may be away when the API starts and at any time after."""

import asyncio
import logging
from collections.abc import Awaitable, Sequence
from typing import TypeVar

from temporalio.client import Client, Interceptor, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

from services.api.problems import unavailable
from temporal.cli.rpc_errors import NO_ANSWER
from temporal.client import connect
from temporal.command_line import CommandError
from temporal.config import ConnectionSettings

RETRY_SECONDS = 1.0
"""How long to wait between attempts to connect, in seconds."""

HEALTH_SECONDS = 2.0
"""How long Temporal may take to say that it is there, in seconds."""

BUSY = (*NO_ANSWER, RPCStatusCode.RESOURCE_EXHAUSTED, RPCStatusCode.FAILED_PRECONDITION)
"""Answers after which the same request may be sent again; FAILED_PRECONDITION is a query without a worker."""

T = TypeVar("T")

log = logging.getLogger(__name__)


class TemporalLink:
    """A client, as soon as there is one.

    Args:
        settings: Where Temporal is.
        deadline: How long one answer may take, in seconds.
        client: A client that is connected already.
        interceptors: What the client gets that is made here.
    """

    def __init__(
        self,
        settings: ConnectionSettings,
        deadline: float,
        client: Client | None = None,
        interceptors: Sequence[Interceptor] = (),
    ) -> None:
        self._settings = settings
        self._deadline = deadline
        self._client = client
        self._interceptors = interceptors

    async def connect(self) -> None:
        """Returns once connected; tries for ever, because whoever waits for a server starts before it."""
        said = ""
        while self._client is None:
            try:
                self._client = await connect(
                    self._settings, patience=0, identity="api", interceptors=self._interceptors
                )
            except CommandError as error:
                if error.message != said:
                    log.warning("%s", error.message)
                said = error.message
                await asyncio.sleep(RETRY_SECONDS)

    @property
    def client(self) -> Client:
        """The client.

        Raises:
            Problem: There is none yet (503).
        """
        if self._client is None:
            raise unavailable()
        return self._client

    async def ask(self, call: Awaitable[T]) -> T:
        """Returns the answer of one call.

        Raises:
            Problem: No answer in time, or Temporal is away (503).
            RPCError: Another answer than the one hoped for.
        """
        try:
            async with asyncio.timeout(self._deadline):
                return await call
        except (TimeoutError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            raise unavailable() from error
        except RPCError as error:
            if error.status in BUSY:
                raise unavailable() from error
            raise

    async def check(self) -> None:
        """Makes sure that Temporal answers.

        Raises:
            Problem: It does not (503).
        """
        try:
            async with asyncio.timeout(HEALTH_SECONDS):
                healthy = await self.client.service_client.check_health()
        except (RPCError, TimeoutError) as error:
            raise unavailable() from error
        if not healthy:
            raise unavailable()

    @property
    def is_known(self) -> bool:
        """Whether a client was ever connected."""
        return self._client is not None


def gone(error: RPCError) -> bool:
    """Tells whether the answer is that no such workflow runs."""
    return error.status is RPCStatusCode.NOT_FOUND
