"""`start_workflow.py`: what it starts, what it prints, and that an id is never started twice."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from tests.integration.script_process import QUEUE, Scripts, error_of, facts_of

pytest_plugins = ["tests.integration.script_runner"]

APPROVAL = ("approval", "--title", "Budget", "--requester", "ana")


async def test_a_durable_demo_is_started_and_waited_for(
    scripts: Scripts, client: Client, workflow_id: str
) -> None:
    arguments = ("--steps", "2", "--work-units", "2", "--work-unit-seconds", "0.01", "--name", "first")
    facts = scripts.facts(
        "start_workflow", "durable-demo", "--id", workflow_id, "--sleep-seconds", "0.2", *arguments
    )
    assert facts["status"] == "COMPLETED"
    assert not facts["already_running"]
    steps = [step["step"] for step in facts["result"]["steps"]]
    assert steps == ["before-1", "before-2", "after-1", "after-2"]
    assert facts["result"]["work"]["units"] == 2
    assert facts["result"]["slept_seconds"] >= 0.2
    described = await client.get_workflow_handle(workflow_id, run_id=facts["run_id"]).describe()
    assert described.status is WorkflowExecutionStatus.COMPLETED
    assert described.task_queue == QUEUE
    assert await described.static_summary() == "first: 2 steps, sleep of 0.2 s, as many steps"


async def test_a_detached_start_returns_while_the_workflow_runs(scripts: Scripts, client: Client) -> None:
    ended = scripts.run("start_workflow", *APPROVAL, "--timeout-seconds", "3600", "--detach")
    assert ended.exit_code == 0
    words = dict(line.split("  ", 1) for line in ended.output.splitlines())
    assert words["workflow id"].strip().startswith("approval-")
    described = await client.get_workflow_handle(words["workflow id"].strip()).describe()
    assert described.run_id == words["run id"].strip()
    assert described.status is WorkflowExecutionStatus.RUNNING
    assert await described.static_summary() == "Budget, asked by ana"


def test_the_same_id_joins_the_run_that_goes_on_and_says_so(scripts: Scripts, workflow_id: str) -> None:
    start = ("start_workflow", *APPROVAL, "--id", workflow_id, "--detach")
    first = scripts.facts(*start)
    again = scripts.run(*start)
    assert again.exit_code == 0
    assert [line.split() for line in again.output.splitlines()][1:3] == [
        ["run", "id", first["run_id"]],
        ["already", "running", "yes"],
    ]
    assert again.errors == [f"{workflow_id} is running already; that run is used, with its own input"]


def test_starts_of_one_id_at_the_same_time_make_one_run(scripts: Scripts, workflow_id: str) -> None:
    with ThreadPoolExecutor(3) as threads:
        starts = [
            threads.submit(scripts.facts, "start_workflow", *APPROVAL, "--id", workflow_id, "--detach")
            for _ in range(3)
        ]
    facts = [start.result() for start in starts]
    assert len({entry["run_id"] for entry in facts}) == 1
    assert [entry["already_running"] for entry in facts].count(False) == 1


def test_an_id_whose_run_has_ended_is_not_started_again(scripts: Scripts, workflow_id: str) -> None:
    start = ("start_workflow", "durable-demo", "--sleep-seconds", "0", "--steps", "0", "--id", workflow_id)
    first = scripts.facts(*start)
    again = scripts.run(*start)
    assert again.exit_code == 1
    assert again.one_error() == (
        f"error: workflow '{workflow_id}' has run already and ended (COMPLETED); choose another --id"
    )
    assert scripts.facts("workflow_status", workflow_id)["run_id"] == first["run_id"]


def test_an_id_that_runs_another_type_is_refused(scripts: Scripts, workflow_id: str) -> None:
    scripts.facts("start_workflow", *APPROVAL, "--id", workflow_id, "--detach")
    ended = scripts.run("start_workflow", "durable-demo", "--id", workflow_id)
    assert ended.exit_code == 1
    assert "as ApprovalWorkflow" in ended.one_error()


@pytest.mark.parametrize("source", ["text", "file", "stdin"])
def test_input_comes_from_the_command_line_a_file_or_stdin_and_options_win(
    scripts: Scripts, source: str
) -> None:
    content = json.dumps({"name": "from input", "sleep_seconds": 0, "steps": 9})
    scripts.folder.joinpath("input.json").write_text(content)
    given = {"text": content, "file": "input.json", "stdin": "-"}[source]
    ended = scripts.run(
        "start_workflow", "durable-demo", "--input", given, "--steps", "1", "--json", stdin=content
    )
    assert ended.exit_code == 0
    result = facts_of(ended)["result"]
    assert result["name"] == "from input"
    assert [step["step"] for step in result["steps"]] == ["before-1", "after-1"]


async def test_details_reach_the_workflow(scripts: Scripts, client: Client, workflow_id: str) -> None:
    details = {"amount": 12.5, "lines": [{"what": "é"}]}
    scripts.facts(
        "start_workflow", *APPROVAL, "--details", json.dumps(details), "--id", workflow_id, "--detach"
    )
    history = await client.get_workflow_handle(workflow_id).fetch_history()
    started = history.events[0].workflow_execution_started_event_attributes
    [request] = await client.data_converter.decode(started.input.payloads)
    assert request["details"] == details
    assert (request["title"], request["requester"]) == ("Budget", "ana")
    assert request["timeout_seconds"] is None


@pytest.mark.parametrize("size", [1_100_000, 2_200_000])
def test_details_over_a_mebibyte_are_refused_before_they_are_sent(
    scripts: Scripts, workflow_id: str, size: int
) -> None:
    scripts.folder.joinpath("big.json").write_text(json.dumps({"details": {"text": "x" * size}}))
    ended = scripts.run("start_workflow", *APPROVAL, "--input", "big.json", "--id", workflow_id)
    assert ended.exit_code == 2
    assert ended.one_error().startswith("error: details: at most 1048576 bytes")
    assert "no workflow" in error_of(scripts.run("workflow_status", workflow_id))
