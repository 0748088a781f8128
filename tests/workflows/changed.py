"""The workflows as a careless change would leave them: runs under way cannot go on with these.

Each has the name of the original, as a worker with the change would register it.
"""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from temporal.messages.approval import ApprovalRequest, ApprovalResult
    from temporal.messages.decision import Decision
    from temporal.messages.durable_demo import DurableDemoInput, DurableDemoResult

from temporal.workflows.approval_workflow import ApprovalWorkflow
from temporal.workflows.durable_demo import DurableDemoWorkflow


@workflow.defn(name="DurableDemoWorkflow")
class UnchangedDemo(DurableDemoWorkflow):
    """No change: shows that a variant as such replays."""

    @workflow.init
    def __init__(self, request: DurableDemoInput) -> None:
        super().__init__(request)

    @workflow.run
    async def run(self, request: DurableDemoInput) -> DurableDemoResult:
        """Runs as the original does."""
        return await super().run(request)


@workflow.defn(name="DurableDemoWorkflow")
class DemoWithAnotherActivity(UnchangedDemo):
    """One more activity before all others."""

    @workflow.init
    def __init__(self, request: DurableDemoInput) -> None:
        super().__init__(request)

    @workflow.run
    async def run(self, request: DurableDemoInput) -> DurableDemoResult:
        """Runs one more activity, then the rest."""
        await self._log_event("demo-announced", request.name)
        return await super().run(request)


@workflow.defn(name="DurableDemoWorkflow")
class DemoThatSleepsFirst(UnchangedDemo):
    """The sleep before the steps."""

    @workflow.init
    def __init__(self, request: DurableDemoInput) -> None:
        super().__init__(request)

    @workflow.run
    async def run(self, request: DurableDemoInput) -> DurableDemoResult:
        """Sleeps, then runs the rest."""
        await self._sleep()
        return await super().run(request)


@workflow.defn(name="ApprovalWorkflow")
class UnchangedApproval(ApprovalWorkflow):
    """No change: shows that a variant as such replays."""

    @workflow.init
    def __init__(self, request: ApprovalRequest) -> None:
        super().__init__(request)

    @workflow.run
    async def run(self, request: ApprovalRequest) -> ApprovalResult:
        """Runs as the original does."""
        return await super().run(request)


@workflow.defn(name="ApprovalWorkflow")
class ApprovalThatNotifiesFirst(UnchangedApproval):
    """The notification before the record."""

    @workflow.init
    def __init__(self, request: ApprovalRequest) -> None:
        super().__init__(request)

    @workflow.run
    async def run(self, request: ApprovalRequest) -> ApprovalResult:
        """Runs as the original does."""
        return await super().run(request)

    async def _record(self, decision: Decision) -> None:
        await self._notify(decision)
        await super()._record(decision)


@workflow.defn(name="ApprovalWorkflow")
class ApprovalWithoutNotification(UnchangedApproval):
    """Nobody is told."""

    @workflow.init
    def __init__(self, request: ApprovalRequest) -> None:
        super().__init__(request)

    @workflow.run
    async def run(self, request: ApprovalRequest) -> ApprovalResult:
        """Runs as the original does."""
        return await super().run(request)

    async def _notify(self, decision: Decision) -> bool:
        return True
