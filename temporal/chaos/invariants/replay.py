"""Replay is deterministic: every history of the run, against the workflows' code as it is now."""

import re
from collections.abc import Sequence
from functools import cache

from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.worker import Replayer

from temporal.chaos.evidence import Evidence
from temporal.chaos.invariants.reading import histories
from temporal.workers.registration import WORKFLOWS

NAME = "replay"
WHAT = "every history of the run replays without a difference"


def applies(evidence: Evidence) -> bool:
    """Where the workflows' code is known: always for the harness's own workloads, else when it is given."""
    return bool(evidence.workflows)


async def check(evidence: Evidence) -> list[str]:
    """Replays every history; one whose workflow is not among those given is a breach, not passed over."""
    return [
        f"{line}, in {ending.workflow_id}"
        for ending, history in histories(evidence)
        for line in await replays(history, evidence.workflows, evidence.data_converter)
    ]


async def replays(
    history: WorkflowHistory,
    workflows: Sequence[type] = WORKFLOWS,
    data_converter: DataConverter = DataConverter.default,
) -> list[str]:
    """Replays the history against `workflows`, by default this project's; the converter decrypts it."""
    try:
        replayer = Replayer(workflows=workflows, data_converter=data_converter, runtime=_quiet())
        await replayer.replay_workflow(history)
    except Exception as error:  # whatever replay raises is the finding
        return [f"replay: {_short(str(error))}"]
    return []


@cache
def _quiet() -> Runtime:
    """A runtime whose core does not log: what a replay finds is reported once, by this module."""
    return Runtime(telemetry=TelemetryConfig(logging=None))


def _short(message: str) -> str:
    """Takes the sentence out of the core's dump of a failed activation."""
    found = re.search(r'\[TMPRL\d+\][^"]*', message)
    return found[0] if found else message
