"""Takes an approval's decisions as they come, by Update or by signal, into its book.

Signals come raw, so that no payload can wedge or fail the workflow. They have no answer: one that changes
nothing is kept and shown in the status, with why.
"""

from collections.abc import Sequence
from typing import Any

from temporalio import workflow
from temporalio.common import RawValue

with workflow.unsafe.imports_passed_through():
    from temporal.messages.approval import IgnoredSignal
    from temporal.messages.carried import Carried
    from temporal.messages.decide import DecideAnswer, DecideInput, WithdrawInput
    from temporal.messages.decision import Outcome, signal_problems
    from temporal.messages.decision_signal import field_problems, signaled_decision

from temporal.workflows.decision_book import DecisionBook
from temporal.workflows.decision_check import refusal_of

SIGNALS = {"approve": Outcome.APPROVED, "reject": Outcome.REJECTED}
"""The signals that decide, and how."""

MAX_IGNORED_KEPT = 20
"""How many ignored signals are kept, the latest; the total counts them all."""


class DecisionIntake:
    """The way of every decision into the book.

    Args:
        book: Where decisions are kept.
        carried: The state of an earlier run.

    Attributes:
        ignored: The latest signals that changed nothing, oldest first.
        ignored_total: How many signals changed nothing in all.
        signals: How many decisions came by signal without an id of their own.
    """

    def __init__(self, book: DecisionBook, carried: Carried | None = None) -> None:
        self._book = book
        self.ignored: list[IgnoredSignal] = list(carried.ignored) if carried else []
        self.ignored_total = carried.ignored_total if carried else 0
        self.signals = carried.signals if carried else 0

    def check(self, message: DecideInput | WithdrawInput) -> None:
        """Raises the refusal of an Update that may not be taken."""
        if (refused := refusal_of(self._book, message)) is not None:
            raise refused.error()

    def take(self, message: DecideInput | WithdrawInput) -> DecideAnswer:
        """Takes an Update that was checked."""
        return self._book.take(message, workflow.now())

    def offer(self, signal: str, arguments: Sequence[RawValue]) -> None:
        """Takes a signal; it counts if it is an `approve` or `reject` that an Update could bring too."""
        if signal not in SIGNALS:
            self.ignore(signal, f"unknown signal; allowed: {', '.join(SIGNALS)}")
            return
        try:
            payloads = [workflow.payload_converter().from_payload(value.payload) for value in arguments]
        except Exception as error:  # a converter raises what it likes, and a signal must never raise
            self.ignore(signal, f"payload: cannot be decoded ({type(error).__name__})")
            return
        if problems := signal_problems(payloads) or field_problems(payloads[0]):
            self.ignore(signal, "; ".join(problems))
        else:
            self._offer(signal, payloads[0])

    def time_out(self) -> None:
        """Decides a request that nobody decided."""
        self._book.time_out(workflow.now())

    def close(self, reason: str) -> None:
        """Ends the intake: nothing counts from now on, nor does a decision that came too early."""
        if (early := self._book.close(reason)) is None:
            return
        for signal, outcome in SIGNALS.items():
            if outcome is early.outcome and early.channel == "signal":
                self.ignore(signal, f"{reason} (decided by {early.decided_by})")

    def ignore(self, signal: str, reason: str) -> None:
        """Notes a signal that changes nothing."""
        workflow.logger.warning("signal %s ignored: %s", signal, reason)
        self.ignored_total += 1
        self.ignored.append(IgnoredSignal(signal=signal, reason=reason, at=workflow.now().isoformat()))
        del self.ignored[:-MAX_IGNORED_KEPT]

    def _offer(self, signal: str, payload: dict[str, Any]) -> None:
        message = signaled_decision(payload, SIGNALS[signal], self._free_id())
        if (refused := refusal_of(self._book, message)) is not None:
            self.ignore(signal, refused.reason)
        elif self._book.known(message.decision_id) is not None:
            self.ignore(signal, f"decision {message.decision_id} counts already")
        else:
            self.signals += not payload.get("decision_id")
            self.take(message)

    def _free_id(self) -> str:
        number = self.signals + 1
        while self._book.known(f"signal-{number}") is not None:
            number += 1
        return f"signal-{number}"
