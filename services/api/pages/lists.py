"""The lists of the inbox and the words that go with each."""

from dataclasses import dataclass
from enum import StrEnum

from services.api.approvals.listing import Scope
from temporal.messages.approval import ApprovalPhase


class Show(StrEnum):
    """Which requests of a list are shown."""

    WAITING = "waiting"
    DECIDED = "decided"
    ALL = "all"


PHASES: dict[Show, ApprovalPhase | None] = {
    Show.WAITING: ApprovalPhase.PENDING,
    Show.DECIDED: ApprovalPhase.COMPLETED,
    Show.ALL: None,
}
"""What each asks visibility for."""

SHOWN = {Show.WAITING: "Waiting", Show.DECIDED: "Decided", Show.ALL: "All"}


@dataclass(frozen=True)
class ListWords:
    """How a list is called.

    Attributes:
        scope: Which list.
        short: Its name in the bar.
        heading: Its heading.
        show: What is shown first.
        empty: What is said when nothing is there.
        hint: What may be done about it.
    """

    scope: Scope
    short: str
    heading: str
    show: Show
    empty: str
    hint: str


LISTS = (
    ListWords(
        Scope.MINE,
        "For me",
        "For me to decide",
        Show.WAITING,
        "Nothing waits for you",
        "What needs your decision appears here by itself.",
    ),
    ListWords(
        Scope.REQUESTED,
        "Mine",
        "What I asked for",
        Show.ALL,
        "You have asked for nothing here",
        "Requests are made through the API; yours appear here.",
    ),
    ListWords(
        Scope.ALL,
        "All",
        "All that I may see",
        Show.ALL,
        "There is nothing that you may see",
        "Requests that you make or may decide appear here.",
    ),
)
"""The lists in the order of the bar; the first one is where everybody begins."""


def words_of(scope: Scope) -> ListWords:
    """Returns the words of a list."""
    return next(words for words in LISTS if words.scope is scope)
