"""A pair of workers with nothing to do when one dies: the next workflow must not go to the dead one's poll.

The server gives a task to its oldest poll. If nobody takes the answer of a dead worker's, the task times out.
"""

import uuid
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from temporal.config import EngineSettings
from temporal.dev_server import find_cli
from tests.integration.recovery_cases.histories import timeouts
from tests.integration.recovery_cases.pair import Pair
from tests.integration.recovery_cases.requests import Plan
from tests.integration.recovery_cases.workflows import RunsActivity

pytest_plugins = ["tests.integration.engine_fixtures", "tests.integration.recovery_cases.fixtures"]

TASK_SECONDS = 5.0
"""The timeout of the workflows' tasks, in seconds: a task in a forgotten poll's answer runs into it."""


ALONE = {"CASES_NO_SUCCESSOR": "1", "CASES_WORKFLOW_POLLS": "2", "CASES_ACTIVITY_POLLS": "1"}
"""What keeps the dead worker's successor from polling, and the standby from a poll that comes next: each
would take the answer in the place of the poll that waits."""


@pytest.fixture(scope="module")
def variables() -> Mapping[str, str]:
    """The standby stays alone."""
    return ALONE


async def run_workflows(client: Client, pair: Pair, count: int) -> None:
    """Runs workflows of one activity one after the other; every task of theirs is taken at its first try."""
    for _ in range(count):
        handle = await client.start_workflow(
            RunsActivity.run,
            Plan("work", "", attempts=1),
            id=f"idle-{uuid.uuid4().hex[:8]}",
            task_queue=pair.queue,
            task_timeout=timedelta(seconds=TASK_SECONDS),
        )
        assert await handle.result() == 1
        assert timeouts((await handle.fetch_history()).events) == []


async def test_a_server_that_ends_polls(client: Client, pair: Pair) -> None:
    await pair.kill(min(pair.workers()))
    await run_workflows(client, pair, 12)


@pytest.fixture
async def plain_server(tmp_path: Path) -> AsyncIterator[WorkflowEnvironment]:
    """A dev server with none of our settings: it leaves a dead worker's polls open."""
    cli = find_cli(EngineSettings(data_dir=tmp_path))
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(cli), dev_server_log_level="error"
    ) as server:
        yield server


async def test_a_server_that_leaves_polls_open(plain_server: WorkflowEnvironment, tmp_path: Path) -> None:
    client = plain_server.client
    pair = Pair(client.service_client.config.target_host, tmp_path / "pair", ALONE)
    try:
        await pair.ready(client)
        await pair.kill(min(pair.workers()))
        await run_workflows(client, pair, 12)
    finally:
        pair.close()
