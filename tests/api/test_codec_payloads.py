"""What the codec server makes of payloads: of real ones, of older keys, of unknown ones, of nonsense."""

import pytest
from temporalio.api.common.v1 import Payload, WorkflowExecution
from temporalio.api.workflowservice.v1 import GetWorkflowExecutionHistoryRequest

from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.client import connect
from temporal.config import ConnectionSettings
from temporal.encryption.key_file import new_key
from temporal.encryption_settings import Keyring
from tests.api.api_client import assert_problem, name
from tests.api.codec_client import KEYS, OLD, as_json, codec_server, encoded

pytest_plugins = ["tests.api.api_fixtures"]


async def test_what_the_server_keeps_of_a_workflow_is_decoded(api_target: EmbeddedTarget) -> None:
    client = await connect(ConnectionSettings(address=api_target.address, keyring=KEYS))
    handle = await client.start_workflow(
        "Nobody", {"amount": 12}, id=name("codec"), task_queue="nobody", static_summary="a summary"
    )
    request = GetWorkflowExecutionHistoryRequest(
        namespace=client.namespace, execution=WorkflowExecution(workflow_id=handle.id)
    )
    [started, *_] = (await client.workflow_service.get_workflow_execution_history(request)).history.events
    kept = [
        *started.workflow_execution_started_event_attributes.input.payloads,
        started.user_metadata.summary,
    ]
    await handle.terminate()
    async with codec_server(api_target) as api:
        reader = await api.caller(name(), roles=["admin"])
        answer = await reader.post("/codec/decode", json=as_json(*kept), headers={"X-Namespace": "default"})
    assert answer.status_code == 200
    assert answer.json() == as_json(await encoded({"amount": 12}, None), await encoded("a summary", None))


async def test_payloads_of_an_older_key_and_plain_ones_are_decoded_too(api_target: EmbeddedTarget) -> None:
    mixed = [await encoded("one", Keyring((OLD,))), await encoded("two", None), Payload()]
    async with codec_server(api_target) as api:
        reader = await api.caller(name(), roles=["auditor"])
        answer = await reader.post("/codec/decode", json=as_json(*mixed))
    assert answer.json() == as_json(await encoded("one", None), await encoded("two", None), Payload())


@pytest.mark.parametrize(
    ("keyring", "says"), [(KEYS, "only new, old"), (None, "no key")], ids=["not-that-one", "none"]
)
async def test_a_key_that_the_server_has_not_is_named_and_nothing_is_decoded(
    api_target: EmbeddedTarget, keyring: Keyring | None, says: str
) -> None:
    payloads = [await encoded("one", None), await encoded("two", Keyring((new_key("lost"),)))]
    async with codec_server(api_target, keyring) as api:
        reader = await api.caller(name(), roles=["admin"])
        answer = await reader.post("/codec/decode", json=as_json(*payloads))
    body = assert_problem(answer, 422, "invalid")
    assert body["detail"].startswith(f"the payload is encrypted with key 'lost', and this process has {says}")


@pytest.mark.parametrize(
    "body",
    [[], {"payloads": 1}, {"payloads": [{"data": "no base64"}]}, {"payloads": [{"metadata": {"a": "b"}}]}],
)
async def test_what_is_no_list_of_payloads_is_refused(api_target: EmbeddedTarget, body: object) -> None:
    async with codec_server(api_target) as api:
        reader = await api.caller(name(), roles=["admin"])
        answer = await reader.post("/codec/decode", json=body)
    assert_problem(answer, 422, "invalid")


async def test_a_start_from_the_ui_can_be_encoded_once_that_is_turned_on(api_target: EmbeddedTarget) -> None:
    body = as_json(await encoded({"amount": 12}, None))
    async with codec_server(api_target, codec_encode="on") as api:
        admin = await api.caller(name(), roles=["admin"])
        encrypted = (await admin.post("/codec/encode", json=body)).json()
        decoded = (await admin.post("/codec/decode", json=encrypted)).json()
    assert encrypted["payloads"][0].keys() == body["payloads"][0].keys()
    assert encrypted != body
    assert decoded == body
