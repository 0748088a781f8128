"""What an approval does besides waiting: check the request, record the decision, tell the requester."""

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from temporal.activities.effect_call import current_call
from temporal.messages.approval import ApprovalRequest
from temporal.messages.decision import RecordDecisionInput
from temporal.messages.delivery import Notification, Receipt
from temporal.store.contract import Effects, Writes


class ApprovalActivities:
    """`process_request`, `record_decision` and `send_notification`, over one effect record."""

    def __init__(self, record: Effects) -> None:
        self._record = record

    @activity.defn(no_thread_cancel_exception=True)
    def process_request(self, request: ApprovalRequest) -> Receipt:
        """Validates a request and stores that it was opened.

        Raises:
            ApplicationError: `InvalidRequest`, not retryable; the message has one clause a fault.
            EffectConflict: The key already holds another request.
        """
        if problems := request.problems():
            raise ApplicationError(
                "; ".join(problems),
                type="InvalidRequest",
                non_retryable=True,
                category=ApplicationErrorCategory.BENIGN,  # no warning with a traceback in the log
            )
        call = current_call()

        def apply(writes: Writes) -> Receipt:
            message = f"{request.title}, by {request.requester}"
            return Receipt(effect_key=call.key, row=writes.event("approval-opened", message))

        return self._record.once(call, request, Receipt, apply)

    @activity.defn(no_thread_cancel_exception=True)
    def record_decision(self, decision: RecordDecisionInput) -> Receipt:
        """Stores the decision under the approval's own id: once, also across a workflow reset.

        Raises:
            EffectConflict: Another decision is already recorded for this approval.
        """
        call = current_call(business_key=decision.approval_id)

        def apply(writes: Writes) -> Receipt:
            return Receipt(effect_key=call.key, row=writes.decision(decision))

        return self._record.once(call, decision, Receipt, apply)

    @activity.defn(no_thread_cancel_exception=True)
    def send_notification(self, notification: Notification) -> Receipt:
        """Puts a notification into the requester's in-tray, the table `notifications`.

        The row commits with its effect, so it is there once. A provider outside the database would be told
        the effect's key instead, and could see a message twice when a worker dies between call and commit.

        Raises:
            EffectConflict: The key already holds another notification.
        """
        call = current_call()

        def apply(writes: Writes) -> Receipt:
            return Receipt(effect_key=call.key, row=writes.notification(notification))

        return self._record.once(call, notification, Receipt, apply)
