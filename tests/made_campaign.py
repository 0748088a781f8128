"""A campaign made by hand for the report: two scenarios, supervised and stock, one run that failed."""

from dataclasses import replace

from temporalio.api.enums.v1 import EventType

from temporal.chaos.evidence import Evidence, Fault, Verdict
from temporal.chaos.invariants import judge
from temporal.chaos.report.facts import Facts
from tests.made_evidence import a_landing, a_run
from tests.made_histories import HandMade, at

FACTS = Facts(
    command=["--scenario", "all", "--runs", "2", "--seed", "7"],
    seed=7,
    target="embedded",
    began=at(0),
    ended=at(90),
    commit="0123456789abcdef0123456789abcdef01234567",
)


def killed_asleep(woken: float) -> HandMade:
    """Sleeps from second 1 to second 6, is killed at 3, and a task of it is given up before it is woken."""
    made = HandMade()
    made.begin(0)
    made.task(0.5)
    made.timer(started=1, asks=5, fired=6)
    held = made.add(EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, 6).event_id
    given_up = made.add(EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT, woken - 0.05)
    given_up.workflow_task_timed_out_event_attributes.scheduled_event_id = held
    made.task(woken)
    made.activity("step", began=woken + 0.1)
    made.task(woken + 0.2)
    made.end(woken + 0.5)
    return made


async def a_campaign() -> list[Verdict]:
    """Judges the runs: supervised ones go on in milliseconds, the stock one in ten s; the last leaks."""
    drained = Fault(fault="sigterm", point="during graceful drain, with <a name> & more")
    runs = [
        _run("kill-mid-sleep", "supervised", 1, killed_asleep(woken=6.06)),
        _run("kill-mid-sleep", "stock", 1, killed_asleep(woken=16)),
        replace(_run("drain", "supervised", 1, killed_asleep(woken=6.2), drained), left=["process 17"]),
    ]
    return [await judge(run) for run in runs]


def _run(scenario: str, workers: str, number: int, made: HandMade, fault: Fault | None = None) -> Evidence:
    landing = a_landing(3, 4711, proof="timer started, no task waits")
    if fault is not None:
        landing = replace(landing, planned=fault)
    run = a_run(made, landed=[landing], bound=20)
    return replace(run, scenario=scenario, workers=workers, number=number, drain_seconds=0.25)
