"""What comes: workflows started by a client of Temporal, or approvals asked for over HTTP."""

import uuid
from dataclasses import dataclass, field
from typing import Protocol

import httpx
from temporalio.client import Client
from temporalio.service import RPCError

from temporal.messages.durable_demo import DurableDemoInput

DEMO = DurableDemoInput(name="load", sleep_seconds=0.0, steps=1)
"""Three activities with an effect each, and a timer of no length."""

DECIDED_SECONDS = 1.0
"""After how long a request decides itself: nobody else does, in seconds."""


class RefusedError(Exception):
    """The service did not take a piece of work, and said so by `code`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Work(Protocol):
    """One kind of work; `mine` finds every piece by visibility, `waits` is how long each waits by itself."""

    @property
    def mine(self) -> str:
        """The query."""
        ...

    @property
    def waits(self) -> float:
        """The seconds."""
        ...

    async def start(self) -> str:
        """Starts a piece and returns its workflow id once it is acknowledged.

        Raises:
            RefusedError: It is not taken.
        """
        ...


@dataclass
class Demos:
    """`DurableDemoWorkflow`, by a client of Temporal.

    Attributes:
        client: A connection to Temporal.
        task_queue: What the workers poll.
        request: What each is asked to do.
    """

    client: Client
    task_queue: str
    request: DurableDemoInput = DEMO
    prefix: str = field(default_factory=lambda: f"load-{uuid.uuid4().hex[:8]}")

    @property
    def mine(self) -> str:
        """The query that finds them."""
        return f"WorkflowId STARTS_WITH '{self.prefix}-'"

    @property
    def waits(self) -> float:
        """How long each sleeps, in seconds."""
        return self.request.sleep_seconds

    async def start(self) -> str:
        """Starts one."""
        workflow_id = f"{self.prefix}-{uuid.uuid4().hex}"
        try:
            await self.client.start_workflow(
                "DurableDemoWorkflow", self.request, id=workflow_id, task_queue=self.task_queue
            )
        except RPCError as error:
            raise RefusedError(error.status.name) from error
        return workflow_id


@dataclass
class Approvals:
    """Approvals that nobody decides in time, asked for over HTTP by one caller.

    Attributes:
        caller: A client with a token of `requester`.
        requester: Who asks; nobody else's requests are looked at.
    """

    caller: httpx.AsyncClient
    requester: str
    waits: float = DECIDED_SECONDS

    @property
    def mine(self) -> str:
        """The query that finds them."""
        return f"ApprovalRequester = '{self.requester}'"

    async def start(self) -> str:
        """Asks for one."""
        body = {"title": "Pay invoice 4711", "timeout_seconds": DECIDED_SECONDS}
        try:
            answer = await self.caller.post("/approvals", json=body)
        except httpx.TransportError as error:
            raise RefusedError(type(error).__name__) from error
        if not answer.is_success:
            raise RefusedError(str(answer.status_code))
        made: str = answer.json()["id"]
        return made
