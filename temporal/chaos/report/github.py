"""The report on one page of GitHub Actions: markdown, appended to the file that the runner names."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from temporal.chaos.evidence import Verdict
from temporal.chaos.report.as_json import by_point
from temporal.chaos.report.facts import Facts
from temporal.chaos.report.percentiles import QUANTILES, failure_bound, percentiles
from temporal.chaos.report.summary import breaches_of, landed_in, summaries

VARIABLE = "GITHUB_STEP_SUMMARY"
MOST_FAILURES = 10
"""How many failed runs are shown; the JSON has them all."""


def add_to_step_summary(page: str) -> None:
    """Appends the page to the step's summary; does nothing outside GitHub Actions.

    Raises:
        OSError: The runner's file cannot be written.
    """
    if file := os.environ.get(VARIABLE):
        with Path(file).open("a", encoding="utf-8") as summary:
            summary.write(page)


def markdown(verdicts: Sequence[Verdict], facts: Facts) -> str:
    """Returns the page."""
    failed = [verdict for verdict in verdicts if not verdict.passed]
    quantiles = [*QUANTILES, "longest"]
    lines = [
        f"## Chaos: {failure_bound(len(failed), len(verdicts))}",
        "",
        f"`{facts.command_line}`, seed {facts.seed}, commit {facts.commit[:12] or 'unknown'}",
        "",
        *_table(
            ["Scenario", "Workers", "Passed", "Late, p50", "Longest"],
            [
                [
                    one.scenario,
                    one.workers,
                    f"{one.passed} of {one.runs}",
                    *(_seconds(percentiles(one.late_seconds), name) for name in ("p50", "longest")),
                ]
                for one in summaries(verdicts)
            ],
        ),
        *_table(
            ["Point", "Workers", "n", *quantiles],
            [
                [point, workers, str(len(late)), *(_seconds(percentiles(late), name) for name in quantiles)]
                for (point, workers), late in by_point(verdicts).items()
            ],
        ),
        *_table(
            ["Fault", "Point", "Landed"],
            [[fault, point, str(times)] for (fault, point), times in landed_in(verdicts).items()],
        ),
    ]
    for verdict in failed[:MOST_FAILURES]:
        evidence = verdict.evidence
        lines += [
            f"### {evidence.scenario}, {evidence.workers}, run {evidence.number}",
            "",
            *(f"- {_cell(line)}" for line in breaches_of(verdict)),
            f"- again: `{facts.replay_line(evidence)}`",
            "",
        ]
    return "\n".join(lines) + "\n"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    lines = [heads, ["---"] * len(heads), *rows]
    return [*(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines), ""]


def _seconds(of: Mapping[str, float], name: str) -> str:
    return f"{of[name]:.3f} s" if name in of else "-"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")
