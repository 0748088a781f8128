"""Who is told what while a request is open: the approvers, in the background, so that no decision waits."""

import asyncio
from collections.abc import Iterable

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from temporal.activities.approvals import ApprovalActivities
    from temporal.messages.approval import ApprovalRequest
    from temporal.messages.decision import Decision
    from temporal.messages.delivery import Notification

from temporal.workflows.activity_options import notification

SUBJECTS = {"request": "please decide", "reminder": "still to decide", "escalation": "escalated to you"}
"""How the message of each kind begins."""


class Notices:
    """Sends notifications about one request; each is an activity of its own and goes out once.

    Args:
        request: What they are about.
        approval_id: Its id in the audit.
    """

    def __init__(self, request: ApprovalRequest, approval_id: str) -> None:
        self._request = request
        self._approval_id = approval_id
        self._under_way: dict[asyncio.Task[bool], None] = {}  # a set has no order that a replay would repeat

    @property
    def under_way(self) -> bool:
        """Whether one is being sent; a provider that is away holds it up for an hour at most."""
        return bool(self._under_way)

    def ask(self, kind: str, recipients: Iterable[str], deadline: str | None) -> None:
        """Begins to tell every approver in `recipients`; `kind` is a key of `SUBJECTS`."""
        until = f" It decides itself at {deadline}." if deadline else ""
        for recipient in recipients:
            task = asyncio.create_task(
                self._send(
                    recipient,
                    f"{SUBJECTS[kind]}: {self._request.title}",
                    f"{self._request.requester} asks for a decision.{until}",
                    kind,
                )
            )
            self._under_way[task] = None
            task.add_done_callback(self._under_way.pop)

    async def tell(self, decision: Decision) -> bool:
        """Tells the requester the outcome; returns whether that worked."""
        return await self._send(
            self._request.requester,
            f"{decision.outcome}: {self._request.title}",
            f"{decision.outcome} by {decision.decided_by}. {decision.comment}".strip(),
            "outcome",
        )

    async def stop(self) -> None:
        """Stops what is being sent: nobody needs to decide any more."""
        tasks = list(self._under_way)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _send(self, recipient: str, subject: str, body: str, kind: str) -> bool:
        summary = f"tell {recipient}" if kind == "outcome" else f"{kind}: {recipient}"
        try:
            await workflow.execute_activity_method(
                ApprovalActivities.send_notification,
                Notification(
                    recipient=recipient,
                    subject=subject,
                    body=body,
                    kind=kind,
                    approval_id=self._approval_id,
                    workflow_id=workflow.info().workflow_id,
                ),
                **notification(summary),
            )
        except Exception as error:  # the request goes its way whether or not somebody could be told
            workflow.logger.warning("%s could not be told (%s): %s", recipient, kind, error)
            return False
        return True
