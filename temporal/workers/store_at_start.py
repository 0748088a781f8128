"""When a worker's store is opened: once the worker polls, so that it polls as early as it can."""

import asyncio
import logging
from contextlib import suppress

from temporal.command_line import FAILED, CommandError, leave, report
from temporal.config import ConfigError
from temporal.store.errors import StoreError
from temporal.store.opening import OpeningStore

log = logging.getLogger(__name__)

HEAD_START_SECONDS = 1.0
"""How long the first poll is waited for, in seconds. Loading the database library beside it would take the
processor from it; but a store that cannot be used is told of also while Temporal is away."""


async def opened(store: OpeningStore, polls: asyncio.Event) -> str:
    """Opens the store once the worker polls, and returns the database's name.

    If the store cannot be opened it ends the process, with one line and the exit code of the error: 1, or 2
    for a wrong setting. At once, because an orderly end waits for activities, and these for the store.

    Args:
        store: Not yet opened.
        polls: Set when the worker polls.
    """
    with suppress(TimeoutError):
        await asyncio.wait_for(polls.wait(), HEAD_START_SECONDS)
    try:
        return await asyncio.wrap_future(store.open())
    except StoreError as error:
        leave(report(CommandError(str(error), FAILED)))
    except (ConfigError, OSError) as error:
        leave(report(error))
    except Exception:
        log.exception("the store cannot be opened")
        leave(FAILED)
