"""What the scripts print: safe for a terminal, whole for a program."""

import json
import math
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload
from temporalio.converter import DataConverter
from temporalio.exceptions import ActivityError, ApplicationError, RetryState

from temporal.cli.outcome import cause_line
from temporal.cli.output import clean, print_facts
from temporal.cli.payloads import plain_value


@given(st.text(st.characters(exclude_categories=[])))
def test_no_text_moves_the_cursor_or_breaks_the_line(text: str) -> None:
    shown = clean(text)
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    shown.encode()


def test_printable_text_is_shown_as_it_is() -> None:
    assert clean("é [red]😀[/red] \\x1b") == "é [red]😀[/red] \\x1b"


def test_a_long_value_is_cut_in_a_table_and_whole_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    facts = {"text": "x" * 1_000}
    print_facts(facts, as_json=False)
    assert capsys.readouterr().out.endswith(f"  {'x' * 499}…\n")
    print_facts(facts, as_json=True)
    assert json.loads(capsys.readouterr().out) == facts


def test_a_table_shows_what_is_nested_and_leaves_out_what_is_empty(
    capsys: pytest.CaptureFixture[str],
) -> None:
    facts = {
        "workflow_id": "[bold]w[/bold]",
        "status": {"done": ["one", "two"], "detail": "", "\x1b[2Jkey": False},
        "timers": [{"timer_id": "1", "summary": "\x1b[31m[red]late"}],
        "cause": None,
    }
    print_facts(facts, as_json=False)
    rows = [line.split("  ", 1) for line in capsys.readouterr().out.splitlines()]
    assert [(name.strip(), value.strip()) for name, value in rows] == [
        ("workflow id", "[bold]w[/bold]"),
        ("status: done", "one"),
        ("status:", "two"),
        ("status: \\x1b[2Jkey", "no"),
        ("timers", "timer_id 1, summary \\x1b[31m[red]late"),
    ]


def test_json_output_holds_no_control_character(capsys: pytest.CaptureFixture[str]) -> None:
    print_facts({"text": "\x1b[2J\n\u202e"}, as_json=True)
    output = capsys.readouterr().out
    assert output.count("\n") == 1
    assert output.rstrip("\n").isprintable()


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_a_json_payload_is_shown_as_its_value(value: object) -> None:
    [payload] = DataConverter.default.payload_converter.to_payloads([value])
    assert plain_value(payload) == value


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_json_lacks_becomes_text(text: str) -> None:
    payload = Payload(metadata={"encoding": b"json/plain"}, data=f"[{text}]".encode())
    assert plain_value(payload) == [text]
    assert not math.isfinite(float(text))


@pytest.mark.parametrize("encoding", [b"json/plain", b"binary/plain", b"binary/encrypted", b"\xff", b""])
def test_a_payload_that_is_no_json_is_described(encoding: bytes) -> None:
    shown = plain_value(Payload(metadata={"encoding": encoding}, data=b"\xff{"))
    assert isinstance(shown, str)
    assert shown.startswith("<2 bytes of ")


def test_the_cause_of_a_failure_is_one_line() -> None:
    failed = ActivityError(
        "Activity task failed",
        scheduled_event_id=1,
        started_event_id=2,
        identity="w",
        activity_type="process_request",
        activity_id="1",
        retry_state=RetryState.NON_RETRYABLE_FAILURE,
    )
    failed.__cause__ = ApplicationError("title:\nmust not be blank", type="InvalidRequest")
    assert cause_line(failed) == "activity process_request: InvalidRequest: title:\\nmust not be blank"
