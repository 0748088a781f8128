"""What a waiting script shows: a line for each change, deadlines included, and nothing a terminal obeys."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from temporal.cli.progress import Progress

NOW = datetime(2030, 1, 1, tzinfo=UTC)
SLEEPING = {
    "phase": "sleeping",
    "current_step": "sleep",
    "sleep_deadline": (NOW + timedelta(seconds=90)).isoformat(),
}


def test_a_file_gets_one_line_for_each_change(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("w", Console(file=io.StringIO())) as progress:
        assert progress.show({"phase": "starting"})
        assert not progress.show({"phase": "starting"})
        assert progress.trouble("no worker answers")
        assert not progress.trouble("no worker answers")
        assert progress.show(SLEEPING)
    assert capsys.readouterr().err.splitlines() == [
        "w: starting",
        "w: starting (no worker answers)",
        "w: sleeping, step sleep, until 2030-01-01T00:01:30+00:00",
    ]


def test_a_terminal_gets_a_countdown() -> None:
    progress = Progress("w", Console(file=io.StringIO()))
    progress.show(SLEEPING)
    assert progress.line(NOW) == "w: sleeping, step sleep, 0:01:30 left"
    assert progress.line(NOW + timedelta(hours=1)) == "w: sleeping, step sleep, 0:00:00 left"


@pytest.mark.parametrize("phase", ["steps-after", "canceled", "completed"])
def test_a_deadline_that_is_over_is_not_shown(phase: str) -> None:
    progress = Progress("w", Console(file=io.StringIO()))
    progress.show(SLEEPING | {"phase": phase})
    assert progress.line(NOW) == f"w: {phase}, step sleep"


@pytest.mark.parametrize("deadline", [None, "soon", "2030-01-01T00:00:00", 7, ""])
def test_a_deadline_that_is_no_moment_is_left_out(deadline: object) -> None:
    progress = Progress("w", Console(file=io.StringIO()))
    progress.show({"phase": "pending", "deadline": deadline})
    assert progress.line(NOW) == "w: pending"


def test_a_live_line_holds_nothing_that_a_terminal_obeys() -> None:
    screen = io.StringIO()
    with Progress("w\x1b[2J", Console(file=screen, force_terminal=True, width=100)) as progress:
        progress.show({"phase": "[red]odd[/red]\x1b[2J\n", "current_step": "\u202etfel"})
    shown = screen.getvalue()
    assert "\x1b[2J" not in shown
    assert "\u202e" not in shown
    assert "[red]odd[/red]\\x1b[2J\\n, step \\u202etfel" in shown
