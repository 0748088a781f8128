"""What one run of a scenario leaves behind: all that the invariants and the report look at."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from temporalio.client import WorkflowHistory
from temporalio.converter import DataConverter


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A fault that a run means to inject: which, and at which named point."""

    fault: str
    point: str


@dataclass(frozen=True, kw_only=True)
class Landing:
    """A fault that was seen to land.

    Attributes:
        planned: Which fault, at which point.
        at: When it had taken effect: the process gone, the link cut (UTC).
        healed: When it was over by itself or undone, where it lasts; None for a kill (UTC).
        pids: The processes that it hit.
        proof: How it is known to have hit what it was meant to, in one line.
    """

    planned: Fault
    at: datetime
    healed: datetime | None = None
    pids: Sequence[int] = ()
    proof: str = ""


@dataclass(frozen=True, kw_only=True)
class Started:
    """A workflow whose start the server acknowledged, and what must come of it.

    Attributes:
        workflow_id: Its id.
        workflow_type: Its type.
        acknowledged_at: When the client had the acknowledgement (UTC).
        request: What it was asked to do; None for a workload that the harness knows nothing of.
        expected: The right result, computed independently of the workflow; None when unknown.
    """

    workflow_id: str
    workflow_type: str
    acknowledged_at: datetime
    request: object = None
    expected: object = None


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A signal or decision that the server acknowledged: where to, its own id, and its place in the order."""

    workflow_id: str
    name: str
    message_id: str
    order: int


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a workflow was found when the run's patience was over.

    Attributes:
        workflow_id: Its id.
        status: `COMPLETED`, `FAILED`, `RUNNING`… as Temporal names it.
        result: Its decoded result, when it completed.
        failure: Why it failed, in one line.
        histories: The history of every run in its chain (continue-as-new), oldest first.
        applied: Ids of the messages that it says it applied, in order; None when it does not say.
    """

    workflow_id: str
    status: str
    result: Any = None
    failure: str = ""
    histories: Sequence[WorkflowHistory] = ()
    applied: Sequence[str] | None = None


@dataclass(kw_only=True)
class Evidence:
    """One run of a scenario, whole.

    Attributes:
        scenario: The scenario's name.
        workload: The workload's name.
        workers: Who ran the workers: `supervised` or `stock`.
        number: Which run of the scenario it is, from 1.
        seed: The seed that drew what was random in it.
        began: When the workload was started (UTC).
        ended: When the last workflow had ended, or patience was over (UTC).
        planned: The faults that were meant.
        landed: The faults that landed.
        started: Every acknowledged start.
        sent: Every acknowledged signal and decision.
        endings: How each of `started` ended.
        store: The effect record that the workers used; None for a foreign worker.
        late_bound_seconds: How late a step after a fault may be in this run, in seconds.
        left: What the run's processes left behind after its end: processes, descriptors, open workflows.
        fenced: What became of each zombie's late completion, one line each that begins with `refused` or
            `accepted`; empty when there was none.
        drain_seconds: How long the workers took to drain at the run's end, in seconds; None when unknown.
        workflows: The workflow classes that the histories are replayed against; empty when the code is not
            known, as with a foreign worker: then there is no replay.
        data_converter: What decodes the histories, where they are encrypted.
        folder: Where the run's logs, databases and histories are; None when they went with the run.
        not_carried_out: Why the run could not be carried out at all; empty when it was.
    """

    scenario: str
    workload: str
    workers: str
    number: int
    seed: int
    began: datetime
    ended: datetime
    planned: Sequence[Fault] = ()
    landed: list[Landing] = field(default_factory=list)
    started: list[Started] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    store: Engine | None = None
    late_bound_seconds: float = 5.0
    left: list[str] = field(default_factory=list)
    fenced: list[str] = field(default_factory=list)
    drain_seconds: float | None = None
    workflows: Sequence[type] = ()
    data_converter: DataConverter = DataConverter.default
    folder: Path | None = None
    not_carried_out: str = ""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the invariants say of one run; the report is made of these.

    Attributes:
        evidence: The run.
        breaches: By invariant, in the order of `INVARIANTS`: its breaches, or None where it does not apply.
        lateness: By point, how late each continuation after a fault was, in seconds.
    """

    evidence: Evidence
    breaches: dict[str, list[str] | None]
    lateness: dict[str, list[float]]

    @property
    def passed(self) -> bool:
        """Whether the run was carried out and every invariant that applies held."""
        return not self.evidence.not_carried_out and not any(self.breaches.values())
