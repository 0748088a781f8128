"""What an open request does by itself, and when: remind, escalate, end. No timers here, only their times."""

from datetime import datetime, timedelta
from enum import StrEnum

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from temporal.messages.approval import ApprovalRequest
    from temporal.messages.carried import Carried


class Due(StrEnum):
    """What comes next; the value is the summary of its timer."""

    DEADLINE = "decision deadline"
    ESCALATION = "escalation"
    REMINDER = "reminder"


class Agenda:
    """The times of one request, from when it was opened.

    Args:
        request: The request, with its policy.
        opened_at: When it was opened.
        carried: The state of an earlier run.

    Attributes:
        opened_at: As given.
        deadline: When it is decided by itself; None waits without limit.
        next_reminder: When the next reminder is due; None when no more are.
        reminders: How many rounds of reminders have gone out.
        escalated: Whether it has escalated.
    """

    def __init__(self, request: ApprovalRequest, opened_at: datetime, carried: Carried | None = None) -> None:
        self._policy = request.policy
        self.opened_at = opened_at
        self.deadline = _after(opened_at, request.timeout_seconds)
        self.reminders = carried.reminders if carried else 0
        self.escalated = carried.escalated if carried else False
        self.next_reminder: datetime | None = None
        if carried is not None:
            self.deadline = _time_of(carried.deadline)
            self.next_reminder = _time_of(carried.next_reminder)
        elif self._policy.max_reminders:
            self.next_reminder = _after(opened_at, self._policy.remind_every_seconds)

    @property
    def next(self) -> tuple[Due, datetime] | None:
        """What is due next and when; what ends the request comes before what is due at the same time."""
        escalation = None
        if not self.escalated:
            escalation = _after(self.opened_at, self._policy.escalate_after_seconds)
        times = {Due.DEADLINE: self.deadline, Due.ESCALATION: escalation, Due.REMINDER: self.next_reminder}
        coming = [(due, time) for due, time in times.items() if time is not None]
        return min(coming, key=lambda entry: entry[1], default=None)

    def remind(self, now: datetime) -> None:
        """Notes that a reminder goes out; those that an outage of all workers has held up are left out."""
        self.reminders += 1
        every, last = self._policy.remind_every_seconds, self.next_reminder
        self.next_reminder = None
        if every is None or last is None or self.reminders >= self._policy.max_reminders:
            return
        step = timedelta(seconds=every)
        self.next_reminder = last + step * max(1, (now - last) // step + 1)


def text_of(moment: datetime | None) -> str | None:
    """Returns a time as a message holds it."""
    return None if moment is None else moment.isoformat()


def _after(moment: datetime, seconds: float | None) -> datetime | None:
    return None if seconds is None else moment + timedelta(seconds=seconds)


def _time_of(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
