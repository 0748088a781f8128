"""Wrong usage of every script: exit code 2 and one line, before anything is sent."""

import json

import pytest
import typer

from temporal.cli import cancel_workflow, send_signal, start_workflow, workflow_status
from temporal.command_line import USAGE, run_app

DEMO = ("durable-demo",)
APPROVAL = ("approval", "--title", "T", "--requester", "R")
SIGNAL = ("raw", "some-workflow")


@pytest.fixture(autouse=True)
def no_temporal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that cannot be used: whoever gets as far as to read them has accepted the input."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", "nowhere")


@pytest.mark.parametrize(
    ("app", "arguments", "named"),
    [
        (start_workflow.app, [], "Missing command"),
        (start_workflow.app, ["nothing"], "nothing"),
        (start_workflow.app, [*DEMO, "--unknown"], "--unknown"),
        (start_workflow.app, [*DEMO, "more"], "more"),
        (start_workflow.app, [*DEMO, "--sleep-seconds", "-1"], "sleep_seconds: from 0"),
        (start_workflow.app, [*DEMO, "--sleep-seconds", "nan"], "sleep_seconds: from 0"),
        (start_workflow.app, [*DEMO, "--sleep-seconds", "inf"], "sleep_seconds: from 0"),
        (start_workflow.app, [*DEMO, "--sleep-seconds", "soon"], "--sleep-seconds"),
        (start_workflow.app, [*DEMO, "--steps", "1.5"], "--steps"),
        (start_workflow.app, [*DEMO, "--steps", "101"], "steps: from 0 to 100"),
        (start_workflow.app, [*DEMO, "--name", " "], "name: must not be blank"),
        (start_workflow.app, [*DEMO, "--name", "a\nb"], "name: must not hold control characters"),
        (start_workflow.app, [*DEMO, "--name", "\udcff"], "name: must not hold control characters"),
        (start_workflow.app, [*DEMO, "--id", ""], "--id: must not be blank"),
        (start_workflow.app, [*DEMO, "--id", "x" * 256], "--id: at most 255"),
        (start_workflow.app, [*DEMO, "--id", "a\x1b[2J"], "--id: must not hold control characters"),
        (start_workflow.app, [*DEMO, "--input", '{"sleep": 1}'], "unknown field 'sleep'"),
        (start_workflow.app, [*DEMO, "--input", '{"steps": "2"}'], "steps: must be a whole number, not str"),
        (
            start_workflow.app,
            [*DEMO, "--input", '{"steps": true}'],
            "steps: must be a whole number, not bool",
        ),
        (start_workflow.app, [*DEMO, "--input", '{"name": null}'], "name: is missing"),
        (start_workflow.app, [*DEMO, "--input", "nowhere.json"], "nowhere.json"),
        (start_workflow.app, ["approval"], "title: must not be blank; requester: must not be blank"),
        (start_workflow.app, [*APPROVAL, "--details", "[]"], "--details: must be a JSON object, not list"),
        (start_workflow.app, [*APPROVAL, "--input", '{"details": 1}'], "details: must be an object, not int"),
        (start_workflow.app, [*APPROVAL, "--timeout-seconds", "0"], "timeout_seconds: from 0.001"),
        (send_signal.app, ["approve", "some-workflow"], "--approver"),
        (send_signal.app, ["approve", "some-workflow", "--approver", ""], "approver: must not be blank"),
        (send_signal.app, ["reject", "w", "--approver", "a", "--comment", "x" * 10_001], "comment: at most"),
        (send_signal.app, ["reject", " ", "--approver", "a"], "WORKFLOW_ID: must not be blank"),
        (send_signal.app, [*SIGNAL], "SIGNAL"),
        (send_signal.app, [*SIGNAL, ""], "SIGNAL: must not be blank"),
        (send_signal.app, [*SIGNAL, "s", "--payload", "{"], "--payload: not valid JSON"),
        (send_signal.app, [*SIGNAL, "s", "--payload", "NaN"], "--payload: not valid JSON: NaN"),
        (workflow_status.app, [], "WORKFLOW_ID"),
        (workflow_status.app, ["a", "b"], "b"),
        (workflow_status.app, [""], "WORKFLOW_ID: must not be blank"),
        (workflow_status.app, ["a", "--timeout", "0"], "--timeout"),
        (workflow_status.app, ["a", "--timeout", "nan"], "--timeout"),
        (cancel_workflow.app, [], "WORKFLOW_ID"),
        (cancel_workflow.app, ["x" * 1_001], "WORKFLOW_ID: at most 1000"),
    ],
)
def test_bad_input_is_one_line_that_names_it(
    app: typer.Typer, arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_app(app, arguments) == USAGE
    output, errors = capsys.readouterr()
    assert output == ""
    [line] = errors.splitlines()
    assert line.startswith("error: ")
    assert named in line
    assert "TEMPORAL_ADDRESS" not in line


def test_every_problem_of_an_input_is_in_the_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    wrong = json.dumps({"steps": -1, "work_units": "many", "sleep_seconds": None})
    assert run_app(start_workflow.app, [*DEMO, "--input", wrong, "--name", ""]) == USAGE
    [line] = capsys.readouterr().err.splitlines()
    assert all(field in line for field in ("steps:", "work_units:", "sleep_seconds:", "name:"))


def test_good_input_goes_on_to_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_app(start_workflow.app, [*APPROVAL, "--input", '{"title": 1}']) == USAGE
    assert "TEMPORAL_ADDRESS='nowhere'" in capsys.readouterr().err


@pytest.mark.parametrize(
    "app", [start_workflow.app, send_signal.app, workflow_status.app, cancel_workflow.app]
)
def test_help_is_not_an_error(app: typer.Typer, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_app(app, ["--help"]) == 0
    output, errors = capsys.readouterr()
    assert "Usage:" in output
    assert errors == ""
