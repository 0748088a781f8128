import math
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from temporal.messages.approval import MAX_TIMEOUT_SECONDS, ApprovalRequest
from temporal.messages.durable_demo import (
    MAX_SLEEP_SECONDS,
    MAX_STEPS,
    MAX_WORK_UNIT_SECONDS,
    MAX_WORK_UNITS,
    DurableDemoInput,
)
from temporal.messages.validation import MAX_NAME_CHARACTERS, MAX_TEXT_CHARACTERS, Message, text_problems

Ours = DurableDemoInput | ApprovalRequest
REQUEST = ApprovalRequest(title="Buy a chair", requester="ada")

names = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=200)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def named(message: Message) -> list[str]:
    """The fields that the problems of a message name; each problem is one line."""
    problems = message.problems()
    assert all("\n" not in problem for problem in problems)
    return [problem.partition(":")[0] for problem in problems]


def pairs(field: str, *values: object) -> list[tuple[str, object]]:
    return [(field, value) for value in values]


def changed(message: Ours, fields: Mapping[str, object]) -> Ours:
    """As a decoder may build it: with values of any type."""
    values = vars(message).copy()
    values.update(fields)
    return type(message)(**values)


@pytest.mark.parametrize(
    "message",
    [
        DurableDemoInput(),
        DurableDemoInput(name="x" * MAX_NAME_CHARACTERS, sleep_seconds=0, steps=0, work_unit_seconds=0),
        DurableDemoInput(
            sleep_seconds=MAX_SLEEP_SECONDS,
            steps=MAX_STEPS,
            work_units=MAX_WORK_UNITS,
            work_unit_seconds=MAX_WORK_UNIT_SECONDS,
        ),
        DurableDemoInput(sleep_seconds=86_400),
        REQUEST,
        replace(REQUEST, timeout_seconds=0.001, details={"price": 3, "of": ["oak", None]}),
        replace(REQUEST, timeout_seconds=MAX_TIMEOUT_SECONDS),
    ],
)
def test_a_message_within_its_limits_has_no_problem(message: Message) -> None:
    assert message.problems() == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *pairs("name", "", "  ", "x" * (MAX_NAME_CHARACTERS + 1), "a\nb", "a\0", 1, None),
        *pairs("sleep_seconds", -1, MAX_SLEEP_SECONDS + 1, math.nan, math.inf, "5", True, None),
        *pairs("steps", -1, MAX_STEPS + 1, 1.0, "1", False),
        *pairs("work_units", -1, MAX_WORK_UNITS + 1, 0.5, []),
        *pairs("work_unit_seconds", -0.1, MAX_WORK_UNIT_SECONDS + 0.1, {}),
    ],
)
def test_a_demo_input_beyond_its_limits_names_the_field(field: str, value: object) -> None:
    assert named(changed(DurableDemoInput(), {field: value})) == [field]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *pairs("title", "", "\t", "x" * (MAX_NAME_CHARACTERS + 1), "two\nlines", 1, None),
        *pairs("requester", "", "x" * (MAX_NAME_CHARACTERS + 1), "\x1b[31mred", []),
        *pairs("details", None, [], "x", 1),
        *pairs("timeout_seconds", 0, -1, MAX_TIMEOUT_SECONDS + 1, math.nan, "60", True),
    ],
)
def test_a_request_beyond_its_limits_names_the_field(field: str, value: object) -> None:
    assert named(changed(REQUEST, {field: value})) == [field]


def test_every_problem_of_a_message_is_listed_at_once() -> None:
    assert named(ApprovalRequest(timeout_seconds=0)) == ["title", "requester", "timeout_seconds"]
    wrong = DurableDemoInput(name="", sleep_seconds=-1, steps=-1, work_units=-1, work_unit_seconds=-1)
    assert named(wrong) == [field.name for field in fields(DurableDemoInput)]


def test_a_limit_is_said_in_plain_digits() -> None:
    assert DurableDemoInput(sleep_seconds=-1).problems() == ["sleep_seconds: from 0 to 3153600000, got -1"]


@settings(deadline=None, max_examples=150)
@given(data=st.data())
@pytest.mark.parametrize("message", [DurableDemoInput(), REQUEST])
def test_whatever_a_decoder_puts_into_a_message_its_problems_name_its_fields(
    message: Ours, data: st.DataObject
) -> None:
    known = get_type_hints(type(message))
    changes = data.draw(st.dictionaries(st.sampled_from(sorted(known)), json_values))

    assert set(named(changed(message, changes))) <= set(changes)


@settings(deadline=None)
@given(name=names.filter(str.strip))
def test_a_name_in_any_script_is_allowed(name: str) -> None:
    assert text_problems("name", name, limit=MAX_NAME_CHARACTERS) == []


@pytest.mark.parametrize(
    "name",
    [
        "山田　太郎",
        "Anne\u00a0Marie",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\U0001f468\u200d\U0001f469",
    ],
)
def test_a_name_may_hold_the_spaces_and_joiners_of_its_script(name: str) -> None:
    assert text_problems("name", name, limit=MAX_NAME_CHARACTERS) == []


def test_free_text_may_be_blank_and_have_lines_but_no_other_control_character() -> None:
    for text in ("", " ", "one\ntwo", "one\r\n\ttwo", "x" * MAX_TEXT_CHARACTERS):
        assert text_problems("comment", text, limit=MAX_TEXT_CHARACTERS, free=True) == []
    for text in ("x" * (MAX_TEXT_CHARACTERS + 1), "\0", "\x1b", "\x85", "\ud800"):
        assert len(text_problems("comment", text, limit=MAX_TEXT_CHARACTERS, free=True)) == 1
