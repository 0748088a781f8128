"""What a campaign showed, for people (a table) and for programs (JSON)."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from rich.markup import escape
from rich.table import Table

from temporal.chaos.scenarios import Finding


@dataclass(frozen=True)
class Summary:
    """One scenario's runs.

    Attributes:
        scenario: Its name.
        workers: Who ran them: `supervised` or `stock`.
        passed: Runs in which every invariant held.
        runs: All of its runs.
        late_seconds: Of each run, how late its latest step after the kill was, in seconds; sorted.
        breaches: What broke, each line once.
    """

    scenario: str
    workers: str
    passed: int
    runs: int
    late_seconds: list[float]
    breaches: list[str]

    def as_json(self) -> dict[str, object]:
        """Returns the summary as a JSON object."""
        return {
            "scenario": self.scenario,
            "workers": self.workers,
            "passed": self.passed,
            "runs": self.runs,
            "late_seconds": [round(seconds, 4) for seconds in self.late_seconds],
            "breaches": self.breaches,
        }


def summaries(findings: Sequence[Finding], workers: str) -> list[Summary]:
    """Returns one summary a scenario, in order of their first findings, all with the same kind of workers."""
    return [
        _summary(name, workers, [finding for finding in findings if finding.scenario == name])
        for name in dict.fromkeys(finding.scenario for finding in findings)
    ]


def table(of: Sequence[Summary]) -> Table:
    """Returns the summaries as a table of the terminal."""
    shown = Table(title="chaos", title_justify="left")
    shown.add_column("scenario", no_wrap=True)
    shown.add_column("workers", no_wrap=True)
    shown.add_column("passed", justify="right")
    shown.add_column("late, median", justify="right")
    shown.add_column("longest", justify="right")
    shown.add_column("what broke")
    for one in of:
        colour = "green" if one.passed == one.runs else "red"
        median, longest = "-", "-"
        if one.late_seconds:
            median = f"{statistics.median(one.late_seconds):.3f} s"
            longest = f"{one.late_seconds[-1]:.3f} s"
        passed = f"[{colour}]{one.passed} of {one.runs}[/]"
        broke = escape("\n".join(one.breaches)) or "nothing"
        shown.add_row(one.scenario, one.workers, passed, median, longest, broke)
    return shown


def _summary(scenario: str, workers: str, findings: list[Finding]) -> Summary:
    return Summary(
        scenario=scenario,
        workers=workers,
        passed=sum(not finding.breaches for finding in findings),
        runs=len(findings),
        late_seconds=sorted(finding.latest.late_seconds for finding in findings if finding.latest),
        breaches=list(dict.fromkeys(breach for finding in findings for breach in finding.breaches)),
    )
