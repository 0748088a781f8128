"""What a waiting script shows on standard error: a live line on a terminal, else a line for each change."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from rich.console import Console, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.text import Text

from temporal.cli.output import clean

DEADLINES = {"sleeping": "sleep_deadline", "pending": "deadline"}
"""For a phase of our workflows: the field of its status that says when it ends by itself (ISO 8601)."""


class Progress:
    """Shows where a workflow is; use it as a context manager.

    Args:
        subject: The workflow's id.
        console: Where to; standard error by default.
    """

    def __init__(self, subject: str, console: Console | None = None) -> None:
        self._subject = clean(subject)
        self._state = "waiting"
        self._deadline: datetime | None = None
        self._trouble = ""
        self._told = ""
        self._spinner = Spinner("dots")
        console = console or Console(stderr=True)
        self._live: Live | None = None
        if console.is_terminal and not console.is_dumb_terminal:
            self._live = Live(
                console=console, get_renderable=self._picture, refresh_per_second=8, transient=True
            )

    def __enter__(self) -> Self:
        """Begins to draw."""
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Takes the live line away."""
        if self._live:
            self._live.stop()

    def show(self, status: Mapping[str, object]) -> bool:
        """Shows a workflow's status; returns whether it differs from the one before."""
        words = [str(status.get("phase") or "running")]
        if step := status.get("current_step"):
            words.append(f"step {step}")
        self._deadline = _deadline(status)
        return self._tell(clean(", ".join(words)), "")

    def trouble(self, words: str) -> bool:
        """Shows why nothing is known at the moment; returns whether that is new."""
        return self._tell(self._state, clean(words))

    def line(self, now: datetime | None = None) -> str:
        """Returns what is shown; with `now` deadlines are counted down, else named."""
        words = self._state
        if self._deadline and now is None:
            words += f", until {self._deadline.isoformat(timespec='seconds')}"
        elif self._deadline and now is not None:
            left = max((self._deadline - now).total_seconds(), 0)
            words += f", {timedelta(seconds=round(left))} left"
        return f"{self._subject}: {words}" + (f" ({self._trouble})" if self._trouble else "")

    def _tell(self, state: str, trouble: str) -> bool:
        changed = (state, trouble) != (self._state, self._trouble)
        self._state, self._trouble = state, trouble
        if not self._live and self.line() != self._told:
            self._told = self.line()
            print(self._told, file=sys.stderr, flush=True)
        return changed

    def _picture(self) -> RenderableType:
        self._spinner.update(text=Text(self.line(datetime.now(UTC)), no_wrap=True, overflow="ellipsis"))
        return self._spinner


def _deadline(status: Mapping[str, object]) -> datetime | None:
    """Returns when the status's phase ends by itself, if it does."""
    field = DEADLINES.get(str(status.get("phase")), "")
    try:
        moment = datetime.fromisoformat(str(status.get(field)))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
