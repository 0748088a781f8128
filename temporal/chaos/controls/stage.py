"""Where a control plays: starts workflows and workers, notes what it does, and gathers the evidence."""

import asyncio
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from temporalio.client import WorkflowExecutionStatus, WorkflowHandle

from temporal.chaos.controls.worker import COMMAND
from temporal.chaos.evidence import Ending, Evidence, Fault, Landing, Sent, Started
from temporal.chaos.fleet import SUPERVISOR
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.chaos.worker_process import WorkerProcess
from temporal.workers.registration import WORKFLOWS

KILL = Fault(fault="kill-worker", point="control")
PATIENCE_SECONDS = 45.0
"""How long the workflows of a control may take to end, in seconds; all but one end within 10."""

Handle = WorkflowHandle[Any, Any]


class Stage:
    """One control's run.

    Args:
        target: Its engine, store and folder.
        name: The control's.

    Attributes:
        evidence: What was noted; whole once `close` has returned.
    """

    def __init__(self, target: EmbeddedTarget, name: str) -> None:
        self.target = target
        now = datetime.now(UTC)
        self.evidence = Evidence(
            scenario=f"control-{name}",
            workload="control",
            workers="stock",
            number=1,
            seed=0,
            began=now,
            ended=now,
            store=target.store,
            folder=target.folder,
            workflows=WORKFLOWS,
            late_bound_seconds=20.0,
        )

    async def worker(self, variant: str, **environment: str) -> WorkerProcess:
        """Starts a worker of a variant and returns once it polls."""
        return await self.target.start_worker(environment, command=[*COMMAND, variant])

    def supervised(self, variant: str) -> None:
        """Starts one worker of a variant under the supervisor, which replaces it when it dies."""
        self.target.launch_worker(command=[*SUPERVISOR, "--workers", "1", "--", *COMMAND, variant])

    async def start(self, workflow: str, *arguments: object, expected: object = None) -> Handle:
        """Starts a workflow and notes that its start was acknowledged."""
        handle = await self.target.client.start_workflow(
            workflow,
            args=arguments,
            id=f"control-{workflow}-{uuid.uuid4().hex[:8]}",
            task_queue=self.target.task_queue,
        )
        request = arguments[0] if arguments else None
        started = Started(
            workflow_id=handle.id,
            workflow_type=workflow,
            acknowledged_at=datetime.now(UTC),
            request=request,
            expected=expected,
        )
        self.evidence.started.append(started)
        return handle

    async def send(self, handle: Handle, name: str, message_id: str) -> None:
        """Sends a signal with its own id as argument, and notes that it was acknowledged."""
        await handle.signal(name, message_id)
        order = len(self.evidence.sent) + 1
        sent = Sent(workflow_id=handle.id, name=name, message_id=message_id, order=order)
        self.evidence.sent.append(sent)

    def landed(
        self, at: datetime, pids: Sequence[int], *, fault: Fault = KILL, healed: datetime | None = None
    ) -> None:
        """Notes a fault that was meant and has landed."""
        self.evidence.planned = [*self.evidence.planned, fault]
        self.evidence.landed.append(Landing(planned=fault, at=at, pids=pids, healed=healed))

    def kill(self, worker: WorkerProcess) -> None:
        """SIGKILLs a worker and notes it."""
        self.landed(worker.kill(), [worker.pid])

    async def close(self, *, patience: float = PATIENCE_SECONDS, says_applied: bool = False) -> Evidence:
        """Waits for the ends and returns the evidence.

        Args:
            patience: How long to wait for each, in seconds.
            says_applied: Whether the results are the ids of the messages that were applied.
        """
        for started in self.evidence.started:
            ending = await self._ending(started.workflow_id, patience)
            if says_applied and isinstance(ending.result, list):
                ending = replace(ending, applied=[str(one) for one in ending.result])
            self.evidence.endings.append(ending)
        self.evidence.ended = datetime.now(UTC)
        return self.evidence

    async def _ending(self, workflow_id: str, patience: float) -> Ending:
        handle: Handle = self.target.client.get_workflow_handle(workflow_id)
        result, failure = None, ""
        try:
            async with asyncio.timeout(patience):
                result = await handle.result()
        except TimeoutError:
            failure = "did not end in time"
        except Exception as error:  # how the workflow failed is the finding
            failure = str(error.__cause__ or error)
        status = (await handle.describe()).status or WorkflowExecutionStatus.RUNNING
        return Ending(
            workflow_id=workflow_id,
            status=status.name,
            result=result,
            failure=failure,
            histories=[await handle.fetch_history()],
        )
