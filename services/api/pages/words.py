"""The words for states, times and durations that the pages use, always the same ones."""

from datetime import UTC, datetime, timedelta

from temporal.messages.approval import ApprovalPhase
from temporal.messages.decision import Outcome

SOON = timedelta(hours=24)
"""A deadline nearer than this stands out."""

OUTCOMES = {
    Outcome.APPROVED: ("Approved", "good"),
    Outcome.REJECTED: ("Rejected", "bad"),
    Outcome.WITHDRAWN: ("Withdrawn", "calm"),
}
"""An outcome's word and tone. A tone is a class of page.css, and never says what no word says."""

PHASES = {
    ApprovalPhase.VALIDATING: ("Opening", "calm"),
    ApprovalPhase.PENDING: ("Waiting", "wait"),
    ApprovalPhase.RECORDING: ("Decided", "calm"),
    ApprovalPhase.NOTIFYING: ("Decided", "calm"),
    ApprovalPhase.COMPLETED: ("Decided", "calm"),
    ApprovalPhase.CANCELED: ("Canceled", "calm"),
    ApprovalPhase.FAILED: ("Failed", "bad"),
}


def state(phase: str, outcome: str | None = None) -> tuple[str, str]:
    """Returns the word and tone for a request; the outcome says more than the phase."""
    if outcome is not None:
        return OUTCOMES[Outcome(outcome)]
    return PHASES.get(ApprovalPhase(phase), ("Unknown", "calm"))


def moment(iso: str | datetime | None) -> datetime | None:
    """Reads a time as the workflow writes it (ISO 8601); None for none, and for what is no time."""
    if isinstance(iso, datetime) or not iso:
        return iso or None
    try:
        read = datetime.fromisoformat(iso)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def clock(time: datetime) -> str:
    """Returns a time for people, in UTC: the pages have no idea of their reader's own time zone."""
    return f"{time.astimezone(UTC):%-d %b %Y, %H:%M} UTC"


def span(length: timedelta) -> str:
    """Returns a duration in its two largest units at most."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return "less than a minute"
    units = (("year", 31_536_000), ("day", 86_400), ("h", 3_600), ("min", 60))
    said = []
    for name, size in units:
        count, seconds = divmod(seconds, size)
        if count:
            said.append(f"{count} {name}{'s' if count > 1 and name in ('year', 'day') else ''}")
        elif said:
            break
    return " ".join(said[:2])


def since(time: datetime, now: datetime | None = None) -> str:
    """Returns how long ago something was."""
    passed = (now or datetime.now(UTC)) - time
    return "just now" if passed < timedelta(minutes=1) else f"{span(passed)} ago"


def until(time: datetime, now: datetime | None = None) -> str:
    """Returns how far ahead something is."""
    ahead = time - (now or datetime.now(UTC))
    return "now" if ahead <= timedelta(0) else f"in {span(ahead)}"
