"""Runs controls on one embedded engine, a few side by side, and judges what each left."""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from temporal.chaos.controls.catalogue import Control
from temporal.chaos.controls.stage import Stage
from temporal.chaos.evidence import Evidence, Verdict
from temporal.chaos.invariants import judge
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.command_line import CommandError
from temporal.engine import Engine

SIDE_BY_SIDE = 3
STICKY = {"WORKER_STICKY_TIMEOUT_SECONDS": "1"}
"""Where a control is not about lateness, a dead worker's workflows move on soon."""


@dataclass(frozen=True)
class Outcome:
    """What came of a control."""

    control: Control
    verdict: Verdict

    @property
    def broke(self) -> list[str]:
        """The invariants that broke."""
        return [name for name, breaches in self.verdict.breaches.items() if breaches]

    @property
    def caught(self) -> bool:
        """Whether its own invariant broke; of the sound variant, whether none did."""
        if self.verdict.evidence.not_carried_out:
            return False
        return self.control.catches in self.broke if self.control.catches else not self.broke


async def run_controls(
    controls: Sequence[Control], folder: Path, on_outcome: Callable[[Outcome], None] = lambda outcome: None
) -> list[Outcome]:
    """Runs every control once, each with a store and a task queue of its own.

    Args:
        controls: Which.
        folder: Where their databases and logs go.
        on_outcome: Called after each, in order of their ends.

    Raises:
        CommandError: The engine cannot be started.
    """
    places = asyncio.Semaphore(SIDE_BY_SIDE)

    async def one(control: Control, engine: Engine) -> Outcome:
        async with places:
            outcome = await run_control(control, engine, folder / control.name)
        on_outcome(outcome)
        return outcome

    async with EmbeddedTarget(folder / "engine") as shared:
        return await asyncio.gather(*(one(control, shared.engine) for control in controls))


async def run_control(control: Control, engine: Engine, folder: Path) -> Outcome:
    """Runs one control on a running engine."""
    queue = f"control-{control.name}-{uuid.uuid4().hex[:8]}"
    async with EmbeddedTarget(folder, STICKY, engine=engine, task_queue=queue) as target:
        stage = Stage(target, control.name)
        try:
            evidence: Evidence = await control.play(stage)
        except CommandError as error:
            evidence = stage.evidence
            evidence.not_carried_out = error.message
        return Outcome(control, await judge(evidence))
