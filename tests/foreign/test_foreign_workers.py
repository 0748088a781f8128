"""A worker in Go and one in TypeScript, each unchanged under the supervisor, killed where it hurts."""

import uuid
from collections.abc import Sequence
from pathlib import Path

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowHandle

from temporal.chaos.observation import activity_running, sleeping
from tests.integration.recovery_cases.histories import completed_by, timeouts
from tests.integration.recovery_cases.pair import Pair, pid_of

pytest_plugins = ["tests.integration.engine_fixtures", "tests.integration.recovery_cases.fixtures"]
pytestmark = pytest.mark.foreign

BUILT = Path(__file__).parents[2] / "build" / "foreign"
COMMANDS = {
    "go": [str(BUILT / "go-worker")],
    "typescript": ["node", str(BUILT / "typescript" / "lib" / "worker.js")],
}
WORK_SECONDS = 3

Handle = WorkflowHandle[object, int]


@pytest.fixture(scope="module", params=sorted(COMMANDS))
def command(request: pytest.FixtureRequest) -> Sequence[str]:
    """The worker."""
    return COMMANDS[str(request.param)]


async def start(client: Client, pair: Pair, sleep_seconds: float, work_seconds: float) -> Handle:
    errand = {"sleep_seconds": sleep_seconds, "work_seconds": work_seconds}
    name = f"errand-{uuid.uuid4().hex[:8]}"
    return await client.start_workflow("RunErrand", errand, id=name, task_queue=pair.queue, result_type=int)


async def test_a_workflow_whose_worker_is_killed_while_it_sleeps_goes_on(client: Client, pair: Pair) -> None:
    handle = await start(client, pair, sleep_seconds=3, work_seconds=0)
    await sleeping(handle)
    [holder] = completed_by((await handle.fetch_history()).events)
    await pair.kill(pid_of(holder))
    assert await handle.result() == 1
    events = (await handle.fetch_history()).events
    assert pid_of(completed_by(events)[-1]) not in {0, pid_of(holder)}
    assert timeouts(events) == []


async def test_an_activity_whose_worker_is_killed_is_tried_again(client: Client, pair: Pair) -> None:
    """It does not heartbeat, and its timeout is ten minutes."""
    handle = await start(client, pair, sleep_seconds=0.1, work_seconds=WORK_SECONDS)
    await activity_running(handle)
    [activity] = (await handle.describe()).raw_description.pending_activities
    await pair.kill(pid_of(activity.last_worker_identity))
    assert await handle.result() == 2
    [started] = [
        event.activity_task_started_event_attributes
        for event in (await handle.fetch_history()).events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
    ]
    assert started.last_failure.application_failure_info.type == "WorkerDied"
    assert started.identity != activity.last_worker_identity
    assert timeouts((await handle.fetch_history()).events) == []
