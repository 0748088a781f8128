"""What a named point is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from temporal.chaos.bounds import HALF_OF_STICKY
from temporal.chaos.holders import holder_among
from temporal.chaos.observation import Handle
from temporal.chaos.run import Run


async def _at_once(run: Run, handle: Handle) -> None:
    """Nothing has to be awaited."""


async def _holder(run: Run, handle: Handle) -> int:
    return await holder_among(handle, run.fleet.living())


@dataclass(frozen=True, kw_only=True)
class Point:
    """A named point.

    Attributes:
        name: Its name in reports.
        what: What it is, in a few words.
        reached: Returns once the workflow is seen to be there.
        moment: The moment to arm, when only the worker itself can strike there; then the worker does.
        victim: Returns the worker process to strike.
        meanwhile: Returns once it is seen what must happen while the dead are down; None when they may be
            replaced at once.
        delay_seconds: How long the workflow's first task is held back after its start, in seconds.
        follows: Whether it is a point of the recovery from the strike before: that one's dead are not yet
            replaced.
        late_seconds: How late a supervised worker's next step may be after a fault here, in seconds.
    """

    name: str
    what: str
    reached: Callable[[Run, Handle], Awaitable[None]] = _at_once
    moment: str = ""
    victim: Callable[[Run, Handle], Awaitable[int]] = _holder
    meanwhile: Callable[[Run, Handle], Awaitable[None]] | None = None
    delay_seconds: float = 0.0
    follows: bool = False
    late_seconds: float = HALF_OF_STICKY
