"""The report in the terminal: a table, what broke in it, and how sure one may be."""

import statistics
from collections.abc import Sequence

from rich.console import Group
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from temporal.chaos.evidence import Verdict
from temporal.chaos.report.percentiles import failure_bound
from temporal.chaos.report.summary import Summary, landed_in, summaries


def shown(verdicts: Sequence[Verdict]) -> Group:
    """Returns the table, the faults that landed, and the bound of the failure rate."""
    landed = landed_in(verdicts)
    faults = ", ".join(f"{times} x {fault} at {point}" for (fault, point), times in landed.items())
    failed = sum(not verdict.passed for verdict in verdicts)
    return Group(
        table(summaries(verdicts)),
        Text(f"landed: {faults or 'nothing'}"),
        Text(f"runs: {failure_bound(failed, len(verdicts))}"),
    )


def table(of: Sequence[Summary]) -> Table:
    """Returns the summaries as a table of the terminal."""
    made = Table(title="chaos", title_justify="left")
    made.add_column("scenario", no_wrap=True)
    made.add_column("workers", no_wrap=True)
    made.add_column("passed", justify="right")
    made.add_column("late, median", justify="right")
    made.add_column("longest", justify="right")
    made.add_column("what broke")
    for one in of:
        colour = "green" if one.passed == one.runs else "red"
        median, longest = "-", "-"
        if one.late_seconds:
            median = f"{statistics.median(one.late_seconds):.3f} s"
            longest = f"{one.late_seconds[-1]:.3f} s"
        passed = f"[{colour}]{one.passed} of {one.runs}[/]"
        broke = escape("\n".join(one.breaches)) or "nothing"
        made.add_row(one.scenario, one.workers, passed, median, longest, broke)
    return made
