"""A sleep lasts at least what was asked, and at most that and the run's bound: by the server's times."""

from temporalio.client import WorkflowHistory

from temporal.chaos.continuation import timers
from temporal.chaos.evidence import Evidence
from temporal.chaos.invariants.lateness import steps
from temporal.chaos.invariants.reading import histories
from temporal.messages.durable_demo import DurableDemoInput

NAME = "sleeps"
WHAT = "a sleep lasts at least what was asked, and at most that and the bound"


def applies(evidence: Evidence) -> bool:
    """Where something slept, or was asked to."""
    asked = any(
        isinstance(started.request, DurableDemoInput) and started.request.sleep_seconds
        for started in evidence.started
    )
    return asked or any(any(timers(history)) for _, history in histories(evidence))


async def check(evidence: Evidence) -> list[str]:
    """Checks every timer of every history, and that a demo slept as long as it was asked to."""
    asked = {
        started.workflow_id: started.request
        for started in evidence.started
        if isinstance(started.request, DurableDemoInput)
    }
    breaches = []
    for ending, history in histories(evidence):
        request = asked.get(ending.workflow_id)
        if request is None:
            breaches += _cut_short(history)
        elif ending.status == "COMPLETED":
            breaches += slept_long_enough(history, request)
    return breaches + [
        f"sleep: {step.workflow_id} woke {step.late_seconds:.3f} s late, "
        f"bound {evidence.late_bound_seconds:g} s"
        for step in steps(evidence)
        if step.what == "timer" and step.late_seconds > evidence.late_bound_seconds
    ]


def slept_long_enough(history: WorkflowHistory, request: DurableDemoInput) -> list[str]:
    """Checks by the server's times that the sleep lasted at least what was asked."""
    if not request.sleep_seconds:
        return []
    fired = list(timers(history))
    if [timer.asked.total_seconds() for timer in fired] != [request.sleep_seconds]:
        return [f"timers: one of {request.sleep_seconds:g} s expected, got {[str(t.asked) for t in fired]}"]
    return _cut_short(history)


def _cut_short(history: WorkflowHistory) -> list[str]:
    return [
        f"sleep: lasted {lasted:.3f} s, asked for {timer.asked.total_seconds():g} s"
        for timer in timers(history)
        if (lasted := (timer.fired - timer.started).total_seconds()) < timer.asked.total_seconds()
    ]
