"""A stack with encryption on, and in it a workflow whose payloads a test looks for."""

import json
from dataclasses import dataclass
from typing import Any

from temporalio.client import WorkflowHandle

from temporal.chaos.observation import until
from temporal.messages.approval import ApprovalResult
from tests.stack.compose_stack import Stack
from tests.stack.stack_api import asked, caller, decided

TITLE, COMMENT = "canary-title-71c3", "canary-comment-71c3"
"""Words of the approval's input and of its result."""


@dataclass
class Encrypted:
    """A stack with a key, and an approval that was decided in it.

    Attributes:
        stack: The stack, with its worker and its API.
        approval: The approval's workflow id.
        input: The workflow's input as the history has it, in the UI's JSON.
        ui: Where browsers reach the UI.
        api: Where browsers reach the API.
    """

    stack: Stack
    approval: str
    input: str
    ui: str
    api: str

    @property
    def ciphertext(self) -> str:
        """How the encrypted input begins."""
        payload: str = json.loads(self.input)["payloads"][0]["data"]
        return payload[:40]

    @property
    def page(self) -> str:
        """The UI's page of the approval."""
        return f"{self.ui}/namespaces/default/workflows/{self.approval}"


async def an_approval(stack: Stack) -> Encrypted:
    """Has the stack's API ask for an approval and decide it, and returns it when its workflow has ended."""
    async with caller(stack, "ana") as ana, caller(stack, "bob") as bob:
        approval = await asked(ana, TITLE)
        await decided(bob, approval, COMMENT)
    client = await stack.client()
    handle: WorkflowHandle[Any, Any] = client.get_workflow_handle(approval, result_type=ApprovalResult)

    async def ended() -> bool:
        return (await handle.describe()).close_time is not None

    await until("the approval has ended", ended)
    [start, *_] = json.loads((await handle.fetch_history()).to_json())["events"]
    return Encrypted(
        stack,
        approval,
        json.dumps(start["workflowExecutionStartedEventAttributes"]["input"]),
        f"http://127.0.0.1:{stack.ui_port}",
        f"http://127.0.0.1:{stack.api_port}",
    )
