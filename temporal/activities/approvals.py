"""What an approval does besides waiting: check the request, record the decision, tell people."""

from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from temporal.activities.deliveries import deliver, targets_of
from temporal.activities.effect_call import current_call
from temporal.activities.provider import Target
from temporal.messages.approval import ApprovalRequest
from temporal.messages.decision import RecordDecisionInput
from temporal.messages.delivery import Notification, Receipt
from temporal.store.contract import Effects, Writes


class ApprovalActivities:
    """What an approval does, over one effect record."""

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

        The audit of its votes and its outcome commits with it. Of a request that ended without a decision it
        stores the votes in the audit: under the run's key, because the run of a reset may yet be decided.

        Raises:
            EffectConflict: Another decision is already recorded for this approval.
        """
        call = current_call(business_key=decision.approval_id if decision.outcome else None)

        def apply(writes: Writes) -> Receipt:
            return Receipt(effect_key=call.key, row=writes.decision(decision))

        return self._record.once(call, decision, Receipt, apply)

    @activity.defn(no_thread_cancel_exception=True)
    def send_notification(self, notification: Notification) -> Receipt:
        """Puts a notification into the recipient's in-tray, and tells the recipient's targets outside.

        The in-tray's row commits with its effect and with a row in the outbox for each target: these are
        there once. A target is told *at least* once: when the worker dies, or the store is away, between the
        target's taking the message and the receipt, it is told again. It is given the effect's key, by which
        a receiver can tell. A target with a receipt is never told again; one that failed is, by the retry.

        Raises:
            ApplicationError: `NotDelivered`: some targets did not take it; or `InvalidTargets`: the file of
                targets cannot be used. The in-tray has it all the same. A retry goes on from there.
            EffectConflict: The key already holds another notification.
        """
        call = current_call()
        outbox = self._record.outbox
        fault = ""
        targets: list[Target] = []
        try:
            targets = targets_of(outbox.settings, notification.recipient)
        except ValueError as error:
            fault = f"NOTIFY_TARGETS: {error}"

        def apply(writes: Writes) -> Receipt:
            row = writes.notification(notification, [target.name for target in targets])
            return Receipt(effect_key=call.key, row=row)

        receipt = self._record.once(call, notification, Receipt, apply)
        if fault:
            raise ApplicationError(fault, type="InvalidTargets")
        if outbox.settings.targets is not None:
            deliver(outbox, call, notification, targets)
        return receipt
