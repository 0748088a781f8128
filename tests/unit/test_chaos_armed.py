"""A moment that is armed is struck once, by the workflow it is armed for; the signal is a harmless one."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from temporal.chaos.points.armed import EXHAUST, WORKFLOW_TASK, Armed, strike

MOMENT = "process_step:after-effect"


@pytest.fixture
def received() -> Iterator[list[int]]:
    """The signals that this process got."""
    got: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, frame: got.append(number))
    yield got
    signal.signal(signal.SIGUSR1, before)


def test_the_armed_moment_is_struck_and_written_down(tmp_path: Path, received: list[int]) -> None:
    armed = Armed(tmp_path, MOMENT, "one", signal.SIGUSR1)
    strike(tmp_path, MOMENT, "one", attempt=2, activity_id="7")
    assert received == [signal.SIGUSR1]
    struck = armed.struck
    assert struck is not None
    assert (struck.moment, struck.workflow_id) == (MOMENT, "one")
    assert (struck.attempt, struck.activity_id) == (2, "7")
    assert armed.resumed


@pytest.mark.parametrize(("moment", "workflow_id"), [(MOMENT, "another"), (WORKFLOW_TASK, "one")])
def test_elsewhere_nothing_happens(
    tmp_path: Path, received: list[int], moment: str, workflow_id: str
) -> None:
    armed = Armed(tmp_path, MOMENT, "one", signal.SIGUSR1)
    strike(tmp_path, moment, workflow_id)
    assert received == []
    assert armed.struck is None


def test_a_moment_strikes_once_and_two_that_are_armed_strike_one_after_the_other(
    tmp_path: Path, received: list[int]
) -> None:
    first, second = (Armed(tmp_path, MOMENT, "one", signal.SIGUSR1) for _ in range(2))
    strike(tmp_path, MOMENT, "one")
    strike(tmp_path, MOMENT, "one")
    strike(tmp_path, MOMENT, "one")
    assert len(received) == 2
    assert first.struck
    assert second.struck


def test_memory_that_nothing_limits_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("temporal.chaos.points.armed.MOST_BYTES", 8 << 20)
    armed = Armed(tmp_path, MOMENT, "one", EXHAUST)
    with pytest.raises(MemoryError, match="8388608 bytes"):
        strike(tmp_path, MOMENT, "one")
    assert armed.struck
    assert not armed.resumed
