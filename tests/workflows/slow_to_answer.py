"""`ApprovalWorkflow` with handlers that take their time; the original's wait for the opening alone."""

from collections.abc import Sequence

from temporalio import workflow
from temporalio.common import RawValue

with workflow.unsafe.imports_passed_through():
    from temporal.messages.approval import ApprovalRequest, ApprovalResult
    from temporal.messages.decide import DecideAnswer, DecideInput, WithdrawInput

from temporal.workflows.approval_workflow import ApprovalWorkflow

LET_GO = "let-go"
"""The signal after which the handlers answer."""


@workflow.defn(name="ApprovalWorkflow")
class SlowToAnswer(ApprovalWorkflow):
    """Its Updates answer only after a signal; all else is the original."""

    @workflow.init
    def __init__(self, request: ApprovalRequest) -> None:
        super().__init__(request)
        self._let_go = False

    @workflow.run
    async def run(self, request: ApprovalRequest) -> ApprovalResult:
        """Runs as the original does."""
        return await super().run(request)

    @workflow.signal(dynamic=True)
    def on_signal(self, name: str, arguments: Sequence[RawValue]) -> None:
        """Lets the handlers go."""
        self._let_go = self._let_go or name == LET_GO

    async def _answer(self, message: DecideInput | WithdrawInput) -> DecideAnswer:
        answer = await super()._answer(message)
        await workflow.wait_condition(lambda: self._let_go)
        return answer
