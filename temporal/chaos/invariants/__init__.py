"""What must be true of a run whatever was done to it: one module an invariant, all of the same shape.

A module has `NAME`, `WHAT` (a sentence), `applies(evidence)` and `check(evidence)`, which returns one line a
breach. Every invariant has a broken variant in `temporal.chaos.controls` that it must catch.
"""

from collections.abc import Sequence
from typing import Protocol

from temporal.chaos.evidence import Evidence, Verdict
from temporal.chaos.invariants import (
    attempts,
    effects_once,
    fault_landed,
    fencing,
    leaks,
    messages,
    on_time,
    replay,
    results,
    sleeps,
    terminal,
)
from temporal.chaos.invariants.demo_effects import decided_once, steps_done_once
from temporal.chaos.invariants.fault_landed import kill_landed
from temporal.chaos.invariants.lateness import lateness
from temporal.chaos.invariants.replay import replays
from temporal.chaos.invariants.results import work_is_right
from temporal.chaos.invariants.sleeps import slept_long_enough

__all__ = [
    "INVARIANTS",
    "Invariant",
    "decided_once",
    "judge",
    "kill_landed",
    "replays",
    "slept_long_enough",
    "steps_done_once",
    "work_is_right",
]


class Invariant(Protocol):
    """What each module here has."""

    NAME: str
    WHAT: str

    def applies(self, evidence: Evidence) -> bool:
        """Tells whether the run had anything to do with it; if not, the report shows a dash."""
        ...

    async def check(self, evidence: Evidence) -> list[str]:
        """Returns the breaches, one line each."""
        ...


INVARIANTS: Sequence[Invariant] = (
    terminal,
    results,
    effects_once,
    sleeps,
    on_time,
    messages,
    attempts,
    fencing,
    replay,
    fault_landed,
    leaks,
)
"""All of them, in the order of the reports."""


async def judge(evidence: Evidence) -> Verdict:
    """Checks a run against every invariant that applies.

    A run that could not be carried out is not judged: nothing that it left behind means anything.
    """
    breaches: dict[str, list[str] | None] = {}
    for invariant in INVARIANTS:
        judged = not evidence.not_carried_out and invariant.applies(evidence)
        breaches[invariant.NAME] = await invariant.check(evidence) if judged else None
    return Verdict(evidence=evidence, breaches=breaches, lateness=lateness(evidence))
