"""A campaign's report as a folder: `index.html`, `report.json`, `junit.xml`, `summary.md`, `histories/`."""

import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path

from temporal.chaos.evidence import Verdict
from temporal.chaos.report.as_json import campaign_json
from temporal.chaos.report.facts import Facts
from temporal.chaos.report.github import add_to_step_summary, markdown
from temporal.chaos.report.junit import junit
from temporal.chaos.report.saved_histories import save_histories
from temporal.command_line import FAILED, CommandError


def check_report() -> None:
    """Makes sure that a report can be drawn; a long campaign asks before it begins.

    Raises:
        CommandError: matplotlib is not installed (exit code 1).
    """
    if importlib.util.find_spec("matplotlib") is None:
        raise CommandError(
            "the HTML report draws with matplotlib: pip install 'durable-workflows[report]'", FAILED
        )


def write_report(folder: Path, verdicts: Sequence[Verdict], facts: Facts) -> list[Path]:
    """Writes every form of the report, and adds the summary to GitHub Actions' where that runs.

    What needs no matplotlib is written first, so that it is there even where the page cannot be drawn.

    Args:
        folder: Made if it is not there; files of an earlier report in it are replaced.
        verdicts: The campaign's runs.
        facts: What is true of all of them.

    Returns:
        The files.

    Raises:
        CommandError: matplotlib is not installed.
        OSError: A file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    summary = markdown(verdicts, facts)
    written = [
        _write(folder / "report.json", json.dumps(campaign_json(verdicts, facts), indent=1) + "\n"),
        _write(folder / "junit.xml", junit(verdicts, facts)),
        _write(folder / "summary.md", summary),
        *save_histories(verdicts, folder / "histories"),
    ]
    add_to_step_summary(summary)
    check_report()
    from temporal.chaos.report.html import html  # draws: the only part that needs matplotlib

    return [_write(folder / "index.html", html(verdicts, facts)), *written]


def _write(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file
