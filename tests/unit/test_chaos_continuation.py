"""How late a workflow went on, from small histories made by hand: times are seconds after noon."""

from datetime import timedelta

from temporalio.api.enums.v1 import EventType

from temporal.chaos.continuation import Continuation, continuations, retried_activities, timers
from temporal.chaos.invariants import kill_landed
from tests.made_histories import HandMade, at


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
