"""The closed form's only activity; its effect is a row of the effect record."""

from collections.abc import Callable
from typing import Any

from temporalio import activity

from temporal.activities.effect_call import current_call
from temporal.chaos.workloads.closed_form.messages import Term, Value
from temporal.store.contract import Effects, Writes
from temporal.workers import registration


class TermActivities:
    """Computes terms, each once, over one effect record."""

    def __init__(self, record: Effects) -> None:
        self._record = record

    @activity.defn(no_thread_cancel_exception=True)
    def compute_term(self, term: Term) -> Value:
        """Computes one term and stores it; a retry returns what is stored.

        Raises:
            EffectConflict: The key holds another term.
        """
        call = current_call()

        def apply(writes: Writes) -> Value:
            value = term.number**term.power
            writes.step(f"{term.number}^{term.power}", str(value))
            return Value(value=value, effect_key=call.key)

        return self._record.once(call, term, Value, apply)


def activities(record: Effects) -> list[Callable[..., Any]]:
    """Returns the activities of the chaos worker: this project's and the closed form's."""
    return [*registration.activities(record), TermActivities(record).compute_term]
