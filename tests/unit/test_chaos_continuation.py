"""How late a workflow went on, from small histories made by hand: times are seconds after noon."""

from datetime import UTC, datetime, timedelta

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory

from temporal.chaos.continuation import Continuation, continuations, retried_activities, timers
from temporal.chaos.invariants import kill_landed

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


class HandMade:
    """A history under construction; each method adds events and returns the last one's id."""

    def __init__(self) -> None:
        self._events: list[HistoryEvent] = []

    @property
    def history(self) -> WorkflowHistory:
        return WorkflowHistory("workflow", self._events)

    def add(self, kind: EventType.ValueType, seconds: float) -> HistoryEvent:
        event = HistoryEvent(event_id=len(self._events) + 1, event_type=kind)
        event.event_time.FromDatetime(at(seconds))
        self._events.append(event)
        return event

    def task(self, began: float, *, by: str = "worker", timed_out: bool = False) -> None:
        self.add(EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED, began)
        started = self.add(EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED, began).event_id
        if timed_out:
            self.add(EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT, began)
            return
        completed = self.add(EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED, began + 0.1)
        completed.workflow_task_completed_event_attributes.started_event_id = started
        completed.workflow_task_completed_event_attributes.identity = by

    def timer(self, started: float, asks: float, fired: float) -> int:
        begun = self.add(EventType.EVENT_TYPE_TIMER_STARTED, started)
        begun.timer_started_event_attributes.start_to_fire_timeout.FromTimedelta(timedelta(seconds=asks))
        end = self.add(EventType.EVENT_TYPE_TIMER_FIRED, fired)
        end.timer_fired_event_attributes.started_event_id = begun.event_id
        return end.event_id

    def signal(self, name: str, seconds: float) -> None:
        event = self.add(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, seconds)
        event.workflow_execution_signaled_event_attributes.signal_name = name

    def activity(self, name: str, began: float, *, attempt: int = 1, by: str = "worker") -> None:
        scheduled = self.add(EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED, began)
        scheduled.activity_task_scheduled_event_attributes.activity_type.name = name
        started = self.add(EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED, began)
        started.activity_task_started_event_attributes.scheduled_event_id = scheduled.event_id
        started.activity_task_started_event_attributes.attempt = attempt
        completed = self.add(EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED, began + 0.1)
        completed.activity_task_completed_event_attributes.scheduled_event_id = scheduled.event_id
        completed.activity_task_completed_event_attributes.started_event_id = started.event_id
        completed.activity_task_completed_event_attributes.identity = by


def test_a_timer_is_due_when_its_time_is_over_however_late_the_server_fires_it() -> None:
    made = HandMade()
    fired = made.timer(started=0, asks=5, fired=6)
    made.task(8)
    assert continuations(made.history) == [Continuation(what="timer", due=at(5), began=at(8))]
    assert continuations(made.history)[0].late_seconds == 3
    [timer] = timers(made.history)
    assert (timer.fired_event_id, timer.asked) == (fired, timedelta(seconds=5))
    assert (timer.started, timer.fired) == (at(0), at(6))


def test_a_task_that_nobody_completed_does_not_count_as_going_on() -> None:
    made = HandMade()
    made.timer(started=0, asks=5, fired=5)
    made.task(5, timed_out=True)
    made.task(15)
    [timer] = continuations(made.history)
    assert timer.began == at(15)


def test_what_no_task_took_up_is_no_continuation() -> None:
    made = HandMade()
    made.task(1)
    made.timer(started=1, asks=1, fired=2)
    made.signal("approve", 2)
    assert continuations(made.history) == []


def test_timers_signals_and_results_come_in_the_order_of_the_history() -> None:
    made = HandMade()
    made.activity("process_step", 0)
    made.task(1)
    made.signal("approve", 2)
    made.timer(started=1, asks=2, fired=3)
    made.task(4)
    assert [(one.what, one.due, one.began) for one in continuations(made.history)] == [
        ("result of process_step", at(0.1), at(1)),
        ("signal approve", at(2), at(4)),
        ("timer", at(3), at(4)),
    ]


def test_a_timer_that_has_not_fired_is_left_out() -> None:
    made = HandMade()
    made.add(EventType.EVENT_TYPE_TIMER_STARTED, 0)
    made.task(1)
    assert list(timers(made.history)) == []


def test_only_a_later_attempt_that_began_after_the_kill_is_a_retry() -> None:
    made = HandMade()
    made.activity("process_step", 1, attempt=2)
    made.activity("log_event", 6)
    made.activity("long_running_task", 8, attempt=3)
    assert retried_activities(made.history, killed=at(5)) == [
        Continuation(what="retry of long_running_task", due=at(5), began=at(8))
    ]


def test_a_killed_worker_may_have_completed_only_what_began_before() -> None:
    made = HandMade()
    made.task(1, by="killed")
    made.activity("process_step", 4.95, by="killed")
    made.task(6, by="standby")
    assert kill_landed(made.history, killed=at(5)) == []


def test_a_worker_that_completes_a_workflow_task_begun_after_its_kill_is_caught() -> None:
    made = HandMade()
    made.task(1, by="one")
    made.task(6, by="one")
    assert kill_landed(made.history, killed=at(5)) == ["fault: worker one went on after its kill"]


def test_a_worker_that_completes_an_activity_begun_after_its_kill_is_caught() -> None:
    made = HandMade()
    made.task(1, by="one")
    made.activity("log_event", 6, by="one")
    made.task(7, by="standby")
    assert kill_landed(made.history, killed=at(5)) == ["fault: worker one went on after its kill"]
