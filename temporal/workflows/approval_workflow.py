"""`ApprovalWorkflow`: waits for people's decision, for ever or until a timeout, and records it once."""

import asyncio
from collections.abc import Sequence

from temporalio import workflow
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from temporal.activities.approvals import ApprovalActivities
    from temporal.messages.approval import ApprovalPhase, ApprovalRequest, ApprovalResult, ApprovalStatus
    from temporal.messages.decide import DecideAnswer, DecideInput, Refusal, WithdrawInput
    from temporal.messages.decision import Decision

from temporal.workflows.activity_options import store_write
from temporal.workflows.approval_record import decision_record, votes_record
from temporal.workflows.approval_request import OpenRequest
from temporal.workflows.cancellation import log_cancellation
from temporal.workflows.visibility import show_phase

PASSING = {ApprovalPhase.VALIDATING, ApprovalPhase.RECORDING, ApprovalPhase.NOTIFYING}
"""Phases that last milliseconds."""


@workflow.defn
class ApprovalWorkflow:
    """Waits for `approve` or `reject`, by Update or signal; the first valid decision, or a quorum, decides.

    A decision that arrives before the request is validated is kept and applied when it opens. An Update that
    may not decide is refused and leaves nothing in the history; such a signal changes nothing and is shown in
    the status. Cancellation ends a request that is not decided; once decided, the decision is recorded and a
    cancellation comes too late.
    """

    @workflow.init
    def __init__(self, request: ApprovalRequest) -> None:
        self._request = request
        self._open = OpenRequest(request)
        self._phase = ApprovalPhase.VALIDATING
        self._detail = ""
        self._notified = False

    @workflow.run
    async def run(self, request: ApprovalRequest) -> ApprovalResult:
        """Validates the request, waits for the decision, records it and tells the requester.

        Raises:
            ActivityError: Its cause is `InvalidRequest` for a bad request, or `EffectConflict` when another
                decision is already recorded for this approval (after a reset).
        """
        try:
            decision = await self._decided()
        except (asyncio.CancelledError, Exception) as error:
            if workflow.cancellation_reason() is not None:
                await self._close("the request was canceled")
                await self._cancel()
                raise asyncio.CancelledError from error
            await self._close("the request could not be opened")
            self._enter(ApprovalPhase.FAILED, str(error.__cause__ or error))
            raise
        finish = asyncio.create_task(self._finish(decision))
        try:
            return await asyncio.shield(finish)
        except asyncio.CancelledError:
            return await finish  # the decision is made: it is recorded all the same

    async def _decided(self) -> Decision:
        if not self._open.opened:
            await workflow.execute_activity_method(
                ApprovalActivities.process_request, self._request, **store_write("validate the request")
            )
            self._open.open(workflow.now())
        self._enter(ApprovalPhase.PENDING)
        return await self._open.decided()

    async def _finish(self, decision: Decision) -> ApprovalResult:
        self._enter(ApprovalPhase.RECORDING)
        await self._open.notices.stop()
        try:
            await self._record(decision)
        except Exception as error:
            self._enter(ApprovalPhase.FAILED, str(error.__cause__ or error))
            raise
        self._enter(ApprovalPhase.NOTIFYING)
        self._notified = await self._notify(decision)
        self._enter(ApprovalPhase.COMPLETED)
        await workflow.wait_condition(workflow.all_handlers_finished)
        return ApprovalResult(
            title=self._request.title,
            requester=self._request.requester,
            decision=decision,
            notified=self._notified,
            votes=self._open.book.votes,
            details=self._request.details if decision.edited is None else decision.edited,
        )

    async def _record(self, decision: Decision) -> None:
        await workflow.execute_activity_method(
            ApprovalActivities.record_decision,
            decision_record(self._open.book, decision),
            **store_write(f"record: {decision.outcome} by {decision.decided_by}"),
        )

    async def _notify(self, decision: Decision) -> bool:
        return await self._open.notices.tell(decision)

    async def _close(self, reason: str) -> None:
        """Nothing counts from now on; early decisions that wait for their answer get it."""
        self._open.intake.close(reason)
        await self._open.notices.stop()
        await workflow.wait_condition(workflow.all_handlers_finished)

    async def _cancel(self) -> None:
        met = self._phase
        self._enter(ApprovalPhase.CANCELED, f"canceled while {met}")
        await self._record_votes()
        await log_cancellation("approval-canceled", f"{self._request.title}: canceled while {met}")

    async def _record_votes(self) -> None:
        """Records the votes of a request that ends without a decision, however long the store is away.

        The patch is asked for only where there are some. Before the opening none has counted.
        """
        counted = self._open.opened and self._open.book.votes
        if counted and workflow.patched("approval-canceled-votes"):
            await workflow.execute_activity_method(
                ApprovalActivities.record_decision,
                votes_record(self._open.book),
                **store_write("record the votes"),
            )

    def _enter(self, phase: ApprovalPhase, detail: str = "") -> None:
        self._phase, self._detail = phase, detail
        decision = self._open.book.decision
        show_phase(
            phase,
            f"{self._request.title}, asked by {self._request.requester}",
            self._open.waits_for() if phase is ApprovalPhase.PENDING else "",
            f"{decision.outcome} by {decision.decided_by}" if decision else "",
            detail,
            searchable=phase not in PASSING,
        )

    @workflow.update
    async def decide(self, message: DecideInput) -> DecideAnswer:
        """Takes one approver's decision; its id is the Update's. An early one is answered at the opening."""
        return await self._answer(message)

    @decide.validator
    def check_decision(self, message: DecideInput) -> None:
        """Refuses with an `ApplicationError` of a type in `Refusal`; nothing is written to the history."""
        self._open.intake.check(message)

    @workflow.update
    async def withdraw(self, message: WithdrawInput) -> DecideAnswer:
        """Takes the request back for its requester; the withdrawal's id is the Update's."""
        return await self._answer(message)

    @withdraw.validator
    def check_withdrawal(self, message: WithdrawInput) -> None:
        """Refuses as `decide` does."""
        self._open.intake.check(message)

    async def _answer(self, message: DecideInput | WithdrawInput) -> DecideAnswer:
        # Before the first await: between the validator and this, nothing else may count.
        answer = self._open.intake.take(message)
        self._open.show_votes()
        await workflow.wait_condition(lambda: self._open.opened or bool(self._open.book.closed))
        if self._open.book.closed:
            raise ApplicationError(self._open.book.closed, type=Refusal.CLOSED, non_retryable=True)
        return answer

    @workflow.signal(dynamic=True, description="approve or reject, with one object: approver, comment")
    def on_signal(self, name: str, arguments: Sequence[RawValue]) -> None:
        """Takes every signal: `approve` and `reject`, and any other, which then shows in the status.

        The argument of the two is an object such as `{"approver": "ana", "comment": "fine"}`; it may hold
        what else a `DecideInput` has. One handler for all, because only a dynamic one gets its arguments raw.
        For a named one the SDK drops what it cannot decode, and too few or too many arguments would fail the
        workflow task again and again.
        """
        self._open.intake.offer(name, arguments)
        self._open.show_votes()

    @workflow.query
    def get_status(self) -> ApprovalStatus:
        """Returns where the request is; answered by any worker, also after the end."""
        return self._open.status(phase=self._phase, detail=self._detail, notified=self._notified)
