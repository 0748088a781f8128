"""The dashboard's charts: what each tells, in words for who has never seen Temporal, and its queries."""

from collections.abc import Mapping
from dataclasses import dataclass

QUANTILES = {"half are faster than": 0.5, "19 of 20": 0.95, "99 of 100": 0.99}
"""Percentiles, by the words for them."""


NO_ENDS = "Nothing has ended in the last minute."
NO_SUPERVISOR = "No supervisor is known here."


@dataclass(frozen=True, kw_only=True)
class Chart:
    """One chart.

    Attributes:
        name: Its name in the data.
        title: Its heading.
        about: What it tells, in a sentence.
        unit: `s`, `/s` or empty for a number.
        empty: What is said while nothing is known.
        queries: What to ask Prometheus for each line, by the line's name; in braces stands a label.
    """

    name: str
    title: str
    about: str
    unit: str
    empty: str
    queries: Mapping[str, str]


def _quantiles(metric: str, window: str = "1m") -> dict[str, str]:
    return {
        words: f"histogram_quantile({quantile}, sum by (le) (rate({metric}_bucket[{window}])))"
        for words, quantile in QUANTILES.items()
    }


CHARTS = (
    Chart(
        name="ended",
        title="Workflows that end",
        about="How many come to an end each second, and how.",
        unit="/s",
        empty=NO_ENDS,
        queries={"{outcome}": "sum by (outcome) (rate(workflow_outcomes_total[1m]))"},
    ),
    Chart(
        name="start",
        title="From a start to the first step",
        about="How long a workflow that could go on waits until a worker has it.",
        unit="s",
        empty=NO_ENDS,
        queries=_quantiles("temporal_workflow_task_schedule_to_start_latency_seconds"),
    ),
    Chart(
        name="steps",
        title="Time of a step",
        about="From the moment a step is due to its result, retries and recoveries included.",
        unit="s",
        empty=NO_ENDS,
        queries=_quantiles("temporal_activity_succeed_endtoend_latency_seconds"),
    ),
    Chart(
        name="scheduled",
        title="Steps: wait for a worker",
        about="The part of it before a worker has begun.",
        unit="s",
        empty=NO_ENDS,
        queries=_quantiles("temporal_activity_schedule_to_start_latency_seconds"),
    ),
    Chart(
        name="backlog",
        title="Backlog",
        about="Tasks that no worker has taken yet. It should go back to nothing.",
        unit="",
        empty="Temporal has not told yet.",
        queries={"{kind}": "max by (kind) (task_queue_backlog)"},
    ),
    Chart(
        name="workers",
        title="Workers",
        about="Processes under a supervisor; those that poll take work.",
        unit="",
        empty=NO_SUPERVISOR,
        queries={"{state}": "sum by (state) (recovery_workers)"},
    ),
    Chart(
        name="held",
        title="What workers hold",
        about="Tasks that a worker has taken and not answered yet; at its death they are given back.",
        unit="",
        empty=NO_SUPERVISOR,
        queries={"{kind}": "sum by (kind) (recovery_held_tasks)"},
    ),
    Chart(
        name="deaths",
        title="Deaths in five minutes",
        about="Workers that ended without being asked to. Each is replaced.",
        unit="",
        empty=NO_SUPERVISOR,
        queries={"deaths": 'sum(increase(recovery_worker_deaths_total{cause!="drained"}[5m]))'},
    ),
    Chart(
        name="recovery",
        title="Time of a recovery",
        about="From a death until what the worker held is given back to the others.",
        unit="s",
        empty="No worker has died in the last five minutes.",
        queries=_quantiles("recovery_release_seconds", "5m"),
    ),
    Chart(
        name="approvals",
        title="Approvals",
        about="Requests that wait for somebody's decision, and those past their deadline.",
        unit="",
        empty="Temporal has not told yet.",
        queries={"waiting": "max(approvals_waiting)", "overdue": "max(approvals_overdue)"},
    ),
)
