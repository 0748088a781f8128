"""What is counted of approvals, for Prometheus; it writes nothing to the history."""

from datetime import datetime

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from temporal.messages.decision import TIMEOUT_APPROVER, Decision

DECISIONS = "approval_decisions"
"""The counter's name; Prometheus shows it as `approval_decisions_total`."""

PEOPLE, TIMEOUT = DECIDERS = ("people", "timeout")
"""Who decides, for the label `by`; never a name."""


def count_decision(decision: Decision, opened_at: datetime) -> None:
    """Counts a decision, and how long its request was open."""
    waited = workflow.now() - opened_at
    by = TIMEOUT if decision.decided_by == TIMEOUT_APPROVER else PEOPLE
    meter = workflow.metric_meter().with_additional_attributes({"decision": decision.outcome.value, "by": by})
    meter.create_counter(DECISIONS, "Decisions, by what they say and who made them").add(1)
    histogram = meter.create_histogram_float(
        "approval_waiting_seconds", "From the opening of a request to its decision"
    )
    histogram.record(waited.total_seconds())
