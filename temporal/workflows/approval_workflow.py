"""`ApprovalWorkflow`: waits for a person's decision, for ever or until a timeout, and records it once."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue, SearchAttributeUpdate

with workflow.unsafe.imports_passed_through():
    from temporal.activities.approvals import ApprovalActivities
    from temporal.messages import search_attributes
    from temporal.messages.approval import ApprovalPhase, ApprovalRequest, ApprovalResult, ApprovalStatus
    from temporal.messages.decision import Decision, RecordDecisionInput
    from temporal.messages.delivery import Notification

from temporal.workflows.activity_options import notification, store_write
from temporal.workflows.cancellation import log_cancellation
from temporal.workflows.decision_intake import DecisionIntake
from temporal.workflows.visibility import KEYWORD_BYTES, shortened, show_phase

PASSING = {ApprovalPhase.VALIDATING, ApprovalPhase.RECORDING, ApprovalPhase.NOTIFYING}
"""Phases that last milliseconds."""


@workflow.defn
class ApprovalWorkflow:
    """Waits for `approve` or `reject`; the first valid decision wins.

    A decision that arrives before the request is validated is kept and applied when it opens. Every other
    signal (malformed, unknown, late) changes nothing and is shown in the status. Cancellation ends a request
    that is not decided; once decided, the decision is recorded and a cancellation comes too late.
    """

    @workflow.init
    def __init__(self, request: ApprovalRequest) -> None:
        self._request = request
        self._intake = DecisionIntake()
        self._phase = ApprovalPhase.VALIDATING
        self._detail = ""
        self._deadline: str | None = None
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
                self._intake.withdraw("the request was canceled")
                await self._cancel()
                raise asyncio.CancelledError from error
            self._intake.withdraw("the request could not be opened")
            self._enter(ApprovalPhase.FAILED, str(error.__cause__ or error))
            raise
        finish = asyncio.create_task(self._finish(decision))
        try:
            return await asyncio.shield(finish)
        except asyncio.CancelledError:
            return await finish  # the decision is made: it is recorded all the same

    async def _decided(self) -> Decision:
        await workflow.execute_activity_method(
            ApprovalActivities.process_request, self._request, **store_write("validate the request")
        )
        attributes: list[SearchAttributeUpdate[Any]] = [
            search_attributes.APPROVAL_REQUESTER.value_set(shortened(self._request.requester, KEYWORD_BYTES))
        ]
        timeout = None
        if self._request.timeout_seconds is not None:
            timeout = timedelta(seconds=self._request.timeout_seconds)
            deadline = workflow.now() + timeout
            self._deadline = deadline.isoformat()
            attributes.append(search_attributes.APPROVAL_DEADLINE.value_set(deadline))
        workflow.upsert_search_attributes(attributes)
        self._enter(ApprovalPhase.PENDING)
        try:
            await workflow.wait_condition(
                lambda: self._intake.decision is not None,
                timeout=timeout,
                timeout_summary="decision deadline",
            )
        except TimeoutError:
            self._intake.time_out()
        except asyncio.CancelledError:
            if self._intake.decision is None:  # else a decision in the same workflow task came first
                raise
        if self._intake.decision is None:
            raise RuntimeError("the wait ended without a decision")
        return self._intake.decision

    async def _finish(self, decision: Decision) -> ApprovalResult:
        self._enter(ApprovalPhase.RECORDING)
        try:
            await self._record(decision)
        except Exception as error:
            self._enter(ApprovalPhase.FAILED, str(error.__cause__ or error))
            raise
        self._enter(ApprovalPhase.NOTIFYING)
        self._notified = await self._notify(decision)
        self._enter(ApprovalPhase.COMPLETED)
        return ApprovalResult(
            title=self._request.title,
            requester=self._request.requester,
            decision=decision,
            notified=self._notified,
        )

    async def _record(self, decision: Decision) -> None:
        info = workflow.info()
        await workflow.execute_activity_method(
            ApprovalActivities.record_decision,
            RecordDecisionInput(
                approval_id=f"approval/{info.workflow_id}/{info.first_execution_run_id}",
                title=self._request.title,
                requester=self._request.requester,
                outcome=decision.outcome,
                decided_by=decision.decided_by,
                comment=decision.comment,
                decided_at=decision.decided_at,
            ),
            **store_write(f"record: {decision.outcome} by {decision.decided_by}"),
        )

    async def _notify(self, decision: Decision) -> bool:
        try:
            await workflow.execute_activity_method(
                ApprovalActivities.send_notification,
                Notification(
                    recipient=self._request.requester,
                    subject=f"{decision.outcome}: {self._request.title}",
                    body=f"{decision.outcome} by {decision.decided_by}. {decision.comment}".strip(),
                ),
                **notification(f"tell {self._request.requester}"),
            )
        except Exception as error:  # the decision stands whether or not its requester could be told
            workflow.logger.warning("the requester could not be told: %s", error)
            return False
        return True

    async def _cancel(self) -> None:
        met = self._phase
        self._enter(ApprovalPhase.CANCELED, f"canceled while {met}")
        await log_cancellation("approval-canceled", f"{self._request.title}: canceled while {met}")

    def _enter(self, phase: ApprovalPhase, detail: str = "") -> None:
        self._phase, self._detail = phase, detail
        decision = self._intake.decision
        show_phase(
            phase,
            f"{self._request.title}, asked by {self._request.requester}",
            f"decides itself at {self._deadline}"
            if phase is ApprovalPhase.PENDING and self._deadline
            else "",
            f"{decision.outcome} by {decision.decided_by}" if decision else "",
            detail,
            searchable=phase not in PASSING,
        )

    @workflow.signal(dynamic=True, description="approve or reject, with one object: approver, comment")
    def on_signal(self, name: str, arguments: Sequence[RawValue]) -> None:
        """Takes every signal: `approve` and `reject`, and any other, which then shows in the status.

        The argument of the two is an object such as `{"approver": "ana", "comment": "fine"}`. One handler for
        all, because only a dynamic one gets its arguments raw. For a named one the SDK drops what it cannot
        decode, and too few or too many arguments would fail the workflow task again and again.
        """
        self._intake.offer(name, arguments)

    @workflow.query
    def get_status(self) -> ApprovalStatus:
        """Returns where the request is; answered by any worker, also after the end."""
        return ApprovalStatus(
            phase=self._phase,
            title=self._request.title,
            requester=self._request.requester,
            decision=self._intake.decision,
            deadline=self._deadline,
            ignored=self._intake.ignored,
            ignored_total=self._intake.ignored_total,
            notified=self._notified,
            detail=self._detail,
        )
