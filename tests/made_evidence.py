"""Evidence of runs made by hand, for the invariants and the report: times are seconds after noon."""

from collections.abc import Sequence

from temporal.chaos.evidence import Ending, Evidence, Fault, Landing, Sent, Started
from tests.made_histories import HandMade, at

KILL = Fault(fault="kill-worker", point="mid-sleep")
ZOMBIE = Fault(fault="zombie", point="mid-activity")


def a_landing(
    seconds: float, *pids: int, fault: Fault = KILL, healed: float | None = None, proof: str = ""
) -> Landing:
    """A fault that landed."""
    return Landing(
        planned=fault, at=at(seconds), pids=pids, healed=None if healed is None else at(healed), proof=proof
    )


def a_run(*histories: HandMade, landed: Sequence[Landing] = (), bound: float = 5) -> Evidence:
    """A run of one workflow, `w`, that completed; what was meant is what landed."""
    return Evidence(
        scenario="made",
        workload="made",
        workers="supervised",
        number=1,
        seed=7,
        began=at(0),
        ended=at(60),
        planned=[landing.planned for landing in landed],
        landed=list(landed),
        started=[Started(workflow_id="w", workflow_type="Made", acknowledged_at=at(0))],
        endings=[Ending(workflow_id="w", status="COMPLETED", histories=[made.history for made in histories])],
        late_bound_seconds=bound,
    )


def sent(*message_ids: str) -> list[Sent]:
    """Signals to `w`, acknowledged in this order."""
    return [
        Sent(workflow_id="w", name="deliver", message_id=message_id, order=number)
        for number, message_id in enumerate(message_ids, start=1)
    ]
