"""Waits for workflows to end, and tells which of them did as they should."""

import asyncio
from collections.abc import Sequence

from benchmarks.recovery.points import Handle


async def completed(handles: Sequence[Handle], seconds: float) -> list[Handle]:
    """Returns the workflows that have completed within `seconds`; a failed one has not."""
    ends = {handle: asyncio.create_task(_end(handle)) for handle in handles}
    if ends:
        await asyncio.wait(ends.values(), timeout=seconds)
    for end in ends.values():
        end.cancel()
    await asyncio.gather(*ends.values(), return_exceptions=True)
    return [handle for handle, end in ends.items() if not end.cancelled() and end.exception() is None]


async def _end(handle: Handle) -> None:
    await handle.result()
