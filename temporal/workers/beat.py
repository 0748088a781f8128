"""The beat by which a supervisor knows that this worker's event loop runs."""

import asyncio
import os
from contextlib import suppress

VARIABLE = "RECOVERY_BEAT_FD"
"""Set by a supervisor: the file descriptor to write to."""

BEAT_SECONDS = 1.0


async def beat() -> None:
    """Writes a byte about every second; returns at once when no supervisor asks for it."""
    descriptor = os.environ.get(VARIABLE, "")
    if not descriptor.isdecimal():
        return
    with suppress(OSError):  # the supervisor is gone, and this worker will be soon
        while True:
            os.write(int(descriptor), b".")
            await asyncio.sleep(BEAT_SECONDS)
