"""The invariants that compare what was sent, expected and left with what was found, and the verdict."""

from dataclasses import dataclass, replace
from typing import Any

from temporal.chaos.evidence import Evidence
from temporal.chaos.invariants import INVARIANTS, judge, leaks, messages, replay, results
from temporal.messages.durable_demo import DurableDemoInput
from tests.made_evidence import a_run, sent
from tests.made_histories import HandMade


def applied(*message_ids: str, acknowledged: tuple[str, ...] = ("one", "two", "three")) -> Evidence:
    """A run that was sent messages and says which it applied."""
    run = a_run(HandMade())
    run.sent = sent(*acknowledged)
    run.endings = [replace(run.endings[0], applied=message_ids)]
    return run


def ended(
    result: Any, *, expected: object = None, request: object = None, status: str = "COMPLETED"
) -> Evidence:
    """A run with a result."""
    run = a_run(HandMade())
    run.started = [replace(run.started[0], expected=expected, request=request)]
    run.endings = [replace(run.endings[0], result=result, status=status, failure="why")]
    return run


async def test_messages_applied_once_and_in_order_are_sound() -> None:
    assert await messages.check(applied("one", "two", "three")) == []
    assert not messages.applies(a_run(HandMade()))


async def test_lost_doubled_and_disordered_messages_are_caught() -> None:
    assert await messages.check(applied("one", "three")) == ["message two: acknowledged, but not applied"]
    assert await messages.check(applied("one", "two", "two", "three")) == ["message two: applied 2 times"]
    [breach] = await messages.check(applied("two", "one", "three"))
    assert breach == "messages to w: applied in another order than sent: [2, 1, 3]"


async def test_a_message_that_was_not_acknowledged_may_be_applied_once() -> None:
    assert await messages.check(applied("one", "two", acknowledged=("one",))) == []
    assert await messages.check(applied("one", "two", "two", acknowledged=("one",))) == [
        "message two: applied 2 times"
    ]


async def test_a_workflow_that_does_not_say_must_have_got_each_message() -> None:
    made = HandMade()
    made.signal("deliver", 1)
    run = a_run(made)
    run.sent = sent("one", "two")
    assert await messages.check(run) == ["message deliver to w: 2 acknowledged, 1 in its history"]
    made.signal("deliver", 2)
    assert await messages.check(run) == []


@dataclass
class Sum:
    total: int
    parts: list[int]


async def test_a_result_is_compared_by_what_is_expected_of_it() -> None:
    assert await results.check(ended(Sum(6, [1, 2, 3]), expected={"total": 6})) == []
    assert await results.check(ended({"total": 7}, expected={"total": 6})) == [
        "result of w: total is 7, expected 6"
    ]
    assert await results.check(ended(5, expected=6)) == ["result of w: is 5, expected 6"]
    assert await results.check(ended(None, expected=6, status="FAILED")) == ["result of w: FAILED why"]
    assert not results.applies(ended(5))


async def test_a_demo_with_a_step_missing_or_wrong_is_caught() -> None:
    request = DurableDemoInput(name="tea", sleep_seconds=0, steps=0)
    assert await results.check(ended({"steps": [], "work": None}, request=request)) == []
    asked = replace(request, steps=1)
    found = await results.check(ended({"steps": [{"step": "before-1", "output": "x"}]}, request=asked))
    assert [line.partition(" is ")[0] for line in found] == [
        "result of w: step.before-1",
        "result of w: step.after-1",
        "result of w: 1 steps, expected 2",
    ]


async def test_what_is_left_is_a_breach() -> None:
    run = a_run(HandMade())
    assert await leaks.check(run) == []
    assert await leaks.check(replace(run, left=["process 17"])) == ["left behind: process 17"]


async def test_without_the_workflows_code_there_is_no_replay() -> None:
    assert not replay.applies(a_run(HandMade()))


async def test_a_verdict_tells_what_applies_and_a_run_not_carried_out_does_not_pass() -> None:
    made = HandMade()
    made.begin(0)
    made.end(1)
    verdict = await judge(a_run(made))
    assert verdict.passed
    assert list(verdict.breaches) == [invariant.NAME for invariant in INVARIANTS]
    assert verdict.breaches["terminal"] == []
    assert verdict.breaches["effects-once"] is None
    spoilt = await judge(replace(a_run(made), not_carried_out="no engine"))
    assert not spoilt.passed
    assert set(spoilt.breaches.values()) == {None}
    assert not (await judge(replace(a_run(made), left=["a file"]))).passed
