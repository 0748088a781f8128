import pytest

from benchmarks.recovery import lateness
from benchmarks.recovery.load import Death, was_hit
from benchmarks.recovery.notes import Held
from temporal.chaos.continuation import Continuation
from tests.unit.benchmark_histories import Told, moment

KILLED = moment(5)
NOTHING = Held(frozenset(), frozenset())


def late(found: Continuation | None) -> float | None:
    return round(found.late_seconds, 6) if found else None


def test_a_start_is_late_by_the_time_until_a_worker_has_it() -> None:
    assert late(lateness.start(Told().task(0, 2).history())) == 2
    assert lateness.start(Told().history()) is None


def test_a_timer_counts_only_if_it_ended_after_the_kill() -> None:
    before = Told().task(0, 0).timer(1, 2, 3).task(3, 3.5)
    assert lateness.timer_after(before.history(), KILLED) is None
    assert late(lateness.timer_after(before.timer(4, 2, 6.1).task(6.1, 7).history(), KILLED)) == 1


def test_a_signal_counts_only_if_it_came_after_the_kill() -> None:
    before = Told().task(0, 0).signal(3).task(3, 4)
    assert lateness.signal_after(before.history(), KILLED) is None
    assert late(lateness.signal_after(before.signal(6).task(6, 6.5).history(), KILLED)) == 0.5


def test_a_retry_is_late_by_the_time_since_the_kill() -> None:
    first = Told().task(0, 0).activity(1, 1)
    assert lateness.retry_after(first.history(), KILLED) is None
    second = Told().task(0, 0).activity(1, 5.25, attempt=2)
    assert late(lateness.retry_after(second.history(), KILLED)) == 0.25


def test_a_task_under_way_is_late_by_the_time_since_the_kill() -> None:
    assert late(lateness.first_task_again(Told().task(0, 6).history(), KILLED)) == 1
    assert lateness.first_task_again(Told().task(0, 4).history(), KILLED) is None


def test_a_workflow_is_as_late_as_its_longest_wait() -> None:
    told = Told().task(0, 0.1).activity(0.1, 0.4).timer(0.5, 2, 2.5).task(2.5, 2.7)
    assert round(lateness.latest(told.history()), 6) == 0.3


@pytest.mark.parametrize(
    ("held", "at", "hit"),
    [
        (Held(frozenset({"one"}), frozenset()), 1, True),
        (Held(frozenset(), frozenset({"one"})), 1, True),
        (Held(frozenset({"other"}), frozenset()), 1, False),
        (Held(frozenset({"one"}), frozenset()), 9, False),
        (Held(frozenset({"one"}), frozenset()), -1, False),
    ],
)
def test_a_kill_hits_what_the_dead_worker_held_and_what_was_still_open(
    held: Held, at: float, hit: bool
) -> None:
    history = Told().task(0, 0).task(2, 2).history()
    assert was_hit("one", history, [Death(moment(at), held)]) is hit


def test_a_task_given_out_twice_was_on_its_way_to_a_dead_worker() -> None:
    twice = (Told().failed_task(1).task(1, 1), Told().task(0, 0).activity(1, 3, attempt=2))
    for told in twice:
        assert was_hit("one", told.history(), [Death(moment(1), NOTHING)])
        assert not was_hit("one", told.history(), [])
    assert not was_hit("one", Told().task(0, 0).activity(1, 3).history(), [Death(moment(1), NOTHING)])
