"""An effect record that counts: what was stored, and what a retry found stored already."""

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from temporalio import activity

from temporal.store.contract import EffectCall, Effects, Writes
from temporal.store.targets import Outbox

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound="DataclassInstance")

EFFECTS = "effects"
"""The counter's name; Prometheus shows it as `effects_total`."""

STORED, REPLAYED = HOW = ("stored", "replayed")
"""What came of an effect, for the label `how`: stored by this attempt, or found stored by an earlier one."""


class CountedEffects:
    """Counts effects; it is for activities, whose metrics it adds to.

    Args:
        record: What applies the effects.
    """

    def __init__(self, record: Effects) -> None:
        self._record = record

    @property
    def outbox(self) -> Outbox:
        """The record's own."""
        return self._record.outbox

    def once(
        self,
        call: EffectCall,
        message: "DataclassInstance",
        result_type: type[R],
        apply: Callable[[Writes], R],
    ) -> R:
        """Applies an effect as `Effects.once` does, and counts it once it is committed; no failure.

        Raises:
            EffectConflict, StoreError: The record's own.
        """
        applied = False

        def noted(writes: Writes) -> R:
            nonlocal applied
            applied = True
            return apply(writes)

        result = self._record.once(call, message, result_type, noted)
        counter = activity.metric_meter().create_counter(EFFECTS, "Effects on the store")
        counter.add(1, {"how": STORED if applied else REPLAYED})
        return result
