"""Steps and business events: each is stored once, however often its activity is retried."""

import hashlib

from temporalio import activity

from temporal.activities.effect_call import current_call
from temporal.messages.delivery import Receipt
from temporal.messages.work import LogEventInput, StepInput, StepResult
from temporal.store.contract import Effects, Writes


class StepActivities:
    """`process_step` and `log_event`, over one effect record."""

    def __init__(self, record: Effects) -> None:
        self._record = record

    @activity.defn(no_thread_cancel_exception=True)
    def process_step(self, step: StepInput) -> StepResult:
        """Does one step and stores it; a retry returns the stored result.

        Raises:
            EffectConflict: The key already holds a step with another input.
        """
        call = current_call()

        def apply(writes: Writes) -> StepResult:
            output = hashlib.sha256(f"{step.subject}/{step.step}".encode()).hexdigest()
            writes.step(step.step, output)
            return StepResult(step=step.step, output=output, effect_key=call.key)

        return self._record.once(call, step, StepResult, apply)

    @activity.defn(no_thread_cancel_exception=True)
    def log_event(self, event: LogEventInput) -> Receipt:
        """Stores one business event.

        Raises:
            EffectConflict: The key already holds another event.
        """
        call = current_call()

        def apply(writes: Writes) -> Receipt:
            return Receipt(effect_key=call.key, row=writes.event(event.kind, event.message))

        return self._record.once(call, event, Receipt, apply)
