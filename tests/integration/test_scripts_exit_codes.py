"""Twenty runs of each script, all with the same exit code: the SDK must not abort a script at its end."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from temporalio.client import Client

from tests.integration.script_process import Scripts, open_approval

pytest_plugins = ["tests.integration.script_runner"]

RUNS = 20

APPROVAL = ("approval", "--title", "T", "--requester", "R")


@pytest.mark.parametrize(
    ("command", "exit_code"),
    [
        (("start_workflow", *APPROVAL, "--id", "{id}-{run}", "--detach"), 0),
        (("send_signal", "approve", "never-was", "--approver", "ana"), 1),
        (("workflow_status", "{id}"), 0),
        (("cancel_workflow", "{id}-{run}"), 0),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else str(value),
)
async def test_twenty_runs_end_alike(
    scripts: Scripts, client: Client, workflow_id: str, command: tuple[str, ...], exit_code: int
) -> None:
    workflows = [workflow_id]
    if command[0] == "cancel_workflow":
        workflows = [f"{workflow_id}-{run}" for run in range(RUNS)]
    for name in workflows:
        await open_approval(client, name)

    def one(run: int) -> int:
        return scripts.run(*(word.format(id=workflow_id, run=run) for word in command)).exit_code

    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(one, range(RUNS))) == {exit_code}
