"""Shows every count of a worker from zero on, from its start.

A count that appears with its first event would hide that one: Prometheus sees growth only between two looks.
"""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from temporalio.client import Client

from temporal.messages.decision import Outcome
from temporal.workers.counted_effects import EFFECTS, HOW
from temporal.workers.counted_outcomes import ENDS, OUTCOMES
from temporal.workflows.approval_figures import DECIDERS, DECISIONS
from temporal.workflows.approval_workflow import ApprovalWorkflow


def count_from_zero(
    client: Client, task_queue: str, workflows: Sequence[type], activities: Sequence[Callable[..., Any]]
) -> None:
    """Adds nothing to every count, under the labels that the SDK gives it later.

    Args:
        client: The worker's own.
        task_queue: What the worker polls.
        workflows: The workflow classes that it runs, each named after its class.
        activities: Its activities, each named after its function.
    """
    runtime = client.service_client.config.runtime
    if runtime is None:  # the SDK's own, which shows no metrics
        return
    meter = runtime.metric_meter.with_additional_attributes(
        {"namespace": client.namespace, "task_queue": task_queue}
    )
    ends, effects, decisions = (meter.create_counter(name) for name in (ENDS, EFFECTS, DECISIONS))
    for workflow, outcome in itertools.product(workflows, OUTCOMES):
        ends.add(0, {"workflow_type": workflow.__name__, "outcome": outcome})
    for activity, how in itertools.product(activities, HOW):
        effects.add(0, {"activity_type": activity.__name__, "how": how})
    if ApprovalWorkflow in workflows:
        for decision, by in itertools.product(Outcome, DECIDERS):
            labels = {"workflow_type": ApprovalWorkflow.__name__, "decision": decision.value, "by": by}
            decisions.add(0, labels)
