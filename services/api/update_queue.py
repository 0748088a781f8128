"""Lines up what is sent to one workflow: the server takes ten updates of it at once and refuses more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

MAX_IN_FLIGHT = 10
"""Updates under way for one workflow: the server's `history.maxInFlightUpdates`."""


@dataclass
class _Line:
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_IN_FLIGHT))
    people: int = 0


class UpdateQueue:
    """First come, first served, a line for each workflow; a line is forgotten when nobody stands in it."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}

    @asynccontextmanager
    async def turn(self, workflow_id: str) -> AsyncIterator[None]:
        """Waits for one of the workflow's places and holds it."""
        line = self._lines.setdefault(workflow_id, _Line())
        line.people += 1
        try:
            async with line.places:
                yield
        finally:
            line.people -= 1
            if not line.people:
                self._lines.pop(workflow_id, None)

    def __len__(self) -> int:
        return len(self._lines)
