"""Whatever a fault held up goes on within the run's bound: starts, messages, results and activities."""

from temporal.chaos.evidence import Evidence
from temporal.chaos.invariants.lateness import steps

NAME = "on-time"
WHAT = "after a fault the next step begins within the stated bound"


def applies(evidence: Evidence) -> bool:
    """Where a fault landed."""
    return bool(evidence.landed)


async def check(evidence: Evidence) -> list[str]:
    """Compares every step after a fault with the bound; the end of a sleep is the invariant `sleeps`."""
    bound = evidence.late_bound_seconds
    return [
        f"{step.what} of {step.workflow_id}: {step.late_seconds:.3f} s late, bound {bound:g} s"
        for step in steps(evidence)
        if step.what != "timer" and step.late_seconds > bound
    ]
