"""Which of an approval's signals counts: the first valid decision, and why every other one does not."""

from collections.abc import Sequence

from temporalio import workflow
from temporalio.common import RawValue

with workflow.unsafe.imports_passed_through():
    from temporal.messages.approval import IgnoredSignal
    from temporal.messages.decision import TIMEOUT_APPROVER, Decision, Outcome, signal_problems

SIGNALS = {"approve": Outcome.APPROVED, "reject": Outcome.REJECTED}
"""The signals that decide, and how."""

MAX_IGNORED_KEPT = 20
"""How many ignored signals are kept, the latest; the total counts them all."""


class DecisionIntake:
    """Takes signals as they come, raw, so that no payload can wedge or fail the workflow.

    Attributes:
        decision: The decision that counts, once there is one.
        ignored: The latest signals that changed nothing, oldest first.
        ignored_total: How many signals changed nothing in all.
    """

    def __init__(self) -> None:
        self.decision: Decision | None = None
        self.ignored: list[IgnoredSignal] = []
        self.ignored_total = 0
        self._withdrawn = ""

    def offer(self, signal: str, arguments: Sequence[RawValue]) -> None:
        """Takes a signal; it counts if it is the first valid `approve` or `reject`."""
        if signal not in SIGNALS:
            self.ignore(signal, f"unknown signal; allowed: {', '.join(SIGNALS)}")
            return
        try:
            payloads = [workflow.payload_converter().from_payload(value.payload) for value in arguments]
        except Exception as error:  # a converter raises what it likes, and a signal must never raise
            self.ignore(signal, f"payload: cannot be decoded ({type(error).__name__})")
            return
        if problems := signal_problems(payloads):
            self.ignore(signal, "; ".join(problems))
        elif self._withdrawn:
            self.ignore(signal, self._withdrawn)
        elif self.decision is not None:
            self.ignore(signal, f"already {self.decision.outcome} by {self.decision.decided_by}")
        else:
            [payload] = payloads
            self._decide(SIGNALS[signal], payload["approver"].strip(), payload.get("comment", ""))

    def time_out(self) -> None:
        """Rejects because nobody decided in time, unless a decision has come."""
        if self.decision is None:
            self._decide(Outcome.REJECTED, TIMEOUT_APPROVER, "nobody decided in time")

    def withdraw(self, reason: str) -> None:
        """Ends the intake: no signal counts from now on, nor does a decision that came too early."""
        self._withdrawn = reason
        if self.decision is not None:
            [signal] = [name for name, outcome in SIGNALS.items() if outcome is self.decision.outcome]
            self.ignore(signal, f"{reason} (decided by {self.decision.decided_by})")
            self.decision = None

    def ignore(self, signal: str, reason: str) -> None:
        """Notes a signal that changes nothing."""
        workflow.logger.warning("signal %s ignored: %s", signal, reason)
        self.ignored_total += 1
        self.ignored.append(IgnoredSignal(signal=signal, reason=reason, at=workflow.now().isoformat()))
        del self.ignored[:-MAX_IGNORED_KEPT]

    def _decide(self, outcome: Outcome, decided_by: str, comment: str) -> None:
        self.decision = Decision(
            outcome=outcome, decided_by=decided_by, comment=comment, decided_at=workflow.now().isoformat()
        )
