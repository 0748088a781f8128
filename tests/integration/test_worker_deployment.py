"""Worker Deployments: a version runs workflows once it is current, and a rolling upgrade moves them on."""

import signal

from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import WorkflowHistory
from temporalio.service import RPCError, RPCStatusCode

from temporal.chaos import observation
from temporal.chaos.scenarios import start_demo
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.worker_process import WorkerProcess
from temporal.messages.durable_demo import DurableDemoInput

pytest_plugins = ["tests.integration.engine_fixtures"]


async def test_a_rolling_upgrade_moves_a_sleeping_workflow_to_the_new_version(target: EmbeddedTarget) -> None:
    first = await _start_version(target, "1.0")
    await _make_current(target, "1.0")
    handle = await start_demo(target, DurableDemoInput(name="upgrade", sleep_seconds=4))
    await observation.sleeping(handle)
    assert set(_builds(await handle.fetch_history())) == {"1.0"}
    second = await _start_version(target, "2.0")
    await _make_current(target, "2.0")
    first.signal(signal.SIGTERM)
    assert await first.ended() == 0
    assert second.running
    result = await handle.result()
    assert [step.step for step in result.steps] == ["before-1", "after-1"]
    builds = _builds(await handle.fetch_history())
    assert builds == sorted(builds)
    assert builds[-1] == "2.0"


async def test_a_version_that_is_not_current_gets_no_workflow(target: EmbeddedTarget) -> None:
    await _start_version(target, "1.0")
    await _make_current(target, "1.0")
    await _start_version(target, "2.0")
    handle = await start_demo(target, DurableDemoInput(name="current", sleep_seconds=0, steps=2))
    await handle.result()
    assert set(_builds(await handle.fetch_history())) == {"1.0"}


async def _start_version(target: EmbeddedTarget, build: str) -> WorkerProcess:
    return await target.start_worker({"WORKER_DEPLOYMENT_NAME": target.task_queue, "WORKER_BUILD_ID": build})


async def _make_current(target: EmbeddedTarget, build: str) -> None:
    """Makes the version current as soon as the server has registered its task queues."""
    request = SetWorkerDeploymentCurrentVersionRequest(
        namespace=target.client.namespace,
        deployment_name=target.task_queue,
        build_id=build,
        identity="test",
    )

    async def done() -> bool:
        try:
            await target.client.workflow_service.set_worker_deployment_current_version(request)
        except RPCError as error:
            if error.status not in (RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION):
                raise
            return False
        return True

    await observation.until(f"version {build} is current", done)


def _builds(history: WorkflowHistory) -> list[str]:
    """Returns the build of the worker that completed each of the run's workflow tasks, in order."""
    return [
        event.workflow_task_completed_event_attributes.deployment_version.build_id
        for event in history.events
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    ]
