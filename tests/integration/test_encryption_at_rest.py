"""With encryption on, nothing that a workflow is given can be read where Temporal keeps it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from temporalio.api.common.v1 import Payloads, WorkflowExecution
from temporalio.api.query.v1 import WorkflowQuery
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryRequest, QueryWorkflowRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.worker import Replayer, Worker

from temporal.chaos.observation import until
from temporal.chaos.targets.embedded import EmbeddedTarget
from tests.integration.encryption_cases import (
    ANSWERED,
    STORED,
    CanaryActivities,
    CanaryWorkflow,
    FallingChild,
    canary,
)
from tests.integration.encryption_keys import OFF, client_with, key_file

pytest_plugins = ["tests.integration.engine_fixtures"]


@dataclass(frozen=True)
class Sung:
    """A run that has gone through every place and whose last activity is still running."""

    client: Client
    handle: WorkflowHandle[CanaryWorkflow, list[str]]
    activities: CanaryActivities


@asynccontextmanager
async def sung(target: EmbeddedTarget, run: str, variables: dict[str, str]) -> AsyncIterator[Sung]:
    client, activities = await client_with(target, variables), CanaryActivities()
    async with Worker(
        client,
        task_queue=run,
        workflows=[CanaryWorkflow, FallingChild],
        activities=[activities.sing, activities.sing_near, activities.fall, activities.hum],
    ):
        handle = await client.start_workflow(
            CanaryWorkflow.run,
            args=[run, canary(run, "input")],
            id=run,
            task_queue=run,
            memo={"memo": canary(run, "memo")},
            static_summary=canary(run, "static-summary"),
            static_details=canary(run, "static-details"),
        )
        await handle.signal(CanaryWorkflow.told, canary(run, "signal"))
        await handle.execute_update(CanaryWorkflow.asked, canary(run, "update-input"))

        async def hums() -> bool:
            pending = (await handle.describe()).raw_description.pending_activities
            return any(each.HasField("heartbeat_details") for each in pending)

        await until(f"the last activity of {run} sends heartbeats", hums)
        yield Sung(client, handle, activities)
        activities.finish.set()
        assert (await handle.result())[:2] == [canary(run, "signal"), canary(run, "update-input")]


def found_in(data: bytes, run: str, places: tuple[str, ...]) -> set[str]:
    return {place for place in places if canary(run, place).encode() in data}


def database(target: EmbeddedTarget) -> bytes:
    folder = target.engine.database.parent
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.name.startswith("engine.db"))


async def raw_history(sung: Sung) -> bytes:
    """The history as the server sends it, before any converter."""
    answer = await sung.client.workflow_service.get_workflow_execution_history(
        GetWorkflowExecutionHistoryRequest(
            namespace=sung.client.namespace, execution=WorkflowExecution(workflow_id=sung.handle.id)
        )
    )
    return answer.SerializeToString()


async def raw_answers(sung: Sung) -> bytes:
    answers = Payloads()
    for query in ("sung", "__temporal_workflow_metadata"):
        answer = await sung.client.workflow_service.query_workflow(
            QueryWorkflowRequest(
                namespace=sung.client.namespace,
                execution=WorkflowExecution(workflow_id=sung.handle.id),
                query=WorkflowQuery(query_type=query),
            )
        )
        answers.payloads.extend(answer.query_result.payloads)
    return answers.SerializeToString()


async def test_no_planted_word_can_be_found_where_the_server_keeps_it(
    own_target: EmbeddedTarget, tmp_path: Path
) -> None:
    # The control: without encryption every word is found, so that the search is known to see each place.
    async with sung(own_target, "plain", OFF) as run:
        assert found_in(database(own_target), "plain", STORED) == set(STORED)
        assert found_in(await raw_answers(run), "plain", ANSWERED) == set(ANSWERED)
    async with sung(own_target, "secret", key_file(tmp_path / "keys", "key-a")) as run:
        assert found_in(await raw_history(run), "secret", STORED + ANSWERED) == set()
        assert found_in(await raw_answers(run), "secret", STORED + ANSWERED) == set()
        assert found_in(database(own_target), "secret", STORED + ANSWERED) == set()
    assert found_in(database(own_target), "secret", STORED + ANSWERED) == set()


async def test_an_encrypted_history_replays_with_the_key_and_not_without(
    target: EmbeddedTarget, tmp_path: Path
) -> None:
    variables = key_file(tmp_path / "keys", "key-a")
    name = f"{target.task_queue}-replayed"
    async with sung(target, name, variables) as run:
        pass
    history = await run.handle.fetch_history()
    workflows = [CanaryWorkflow, FallingChild]
    await Replayer(workflows=workflows, data_converter=run.client.data_converter).replay_workflow(history)
    other = await client_with(target, key_file(tmp_path / "other", "key-b"))
    with pytest.raises(RuntimeError, match="'key-a', and this process has only key-b"):
        await Replayer(workflows=workflows, data_converter=other.data_converter).replay_workflow(history)
