"""What activities ask of the effect record, without the database library that answers.

SQLAlchemy takes half as long to import as the SDK, and a worker polls before it is there. What a worker
loads at its start, workflows and activities above all, therefore imports only this module and `errors`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from temporal.messages.decision import RecordDecisionInput
from temporal.messages.delivery import Notification
from temporal.store.targets import Outbox, TargetName

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

R = TypeVar("R", bound="DataclassInstance")


@dataclass(frozen=True, kw_only=True)
class EffectCall:
    """Which effect, and who asks for it.

    Attributes:
        key: `RUN_ID/ACTIVITY_ID`, or a business key that outlives the run, such as an approval's id.
            Under a business key the effect also stays done when the workflow is reset.
        workflow_id: The workflow.
        run_id: Its run.
        activity: The activity's type.
        attempt: The attempt, from 1.
    """

    key: str
    workflow_id: str
    run_id: str
    activity: str
    attempt: int


class Writes(Protocol):
    """What an effect can do to the database: each writes a row with the effect's key, returns its number."""

    def step(self, name: str, output: str) -> int:
        """Stores a step's output."""

    def event(self, kind: str, message: str) -> int:
        """Adds a business event."""

    def notification(self, message: Notification, targets: Sequence[TargetName] = ()) -> int:
        """Puts a message into the recipient's in-tray, and into the outbox once for each target."""

    def decision(self, decision: RecordDecisionInput) -> int:
        """Stores a decision, and in the audit each of its votes and the outcome; returns its row number.

        Without an outcome it stores the votes alone, and returns the last one's row number in the audit; 0 if
        the audit had them all.

        Raises:
            ValueError: `decided_at` or a vote's `at` is not a time in ISO 8601 with a zone.
            Exception: The database's own, when another effect recorded the approval's decision.
        """


class Effects(Protocol):
    """Applies effects once; threads may share it."""

    @property
    def outbox(self) -> Outbox:
        """The deliveries to targets outside the database."""

    def once(
        self,
        call: EffectCall,
        message: "DataclassInstance",
        result_type: type[R],
        apply: Callable[[Writes], R],
    ) -> R:
        """Applies an effect, or returns the result of the attempt that did.

        Args:
            call: The effect's key and origin.
            message: The activity's input; a retry must bring the same.
            result_type: What `apply` returns, needed to read a stored result.
            apply: Does the effect through what it is given and nothing else. It holds a lock, in SQLite on
                the whole file, so it must be quick. What it raises undoes everything.

        Returns:
            The result of `apply`, now or then.

        Raises:
            EffectConflict: The key is taken by another input.
            StoreError: The store did not answer in time, or what it holds cannot be read.
        """
