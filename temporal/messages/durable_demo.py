"""Messages of `DurableDemoWorkflow`."""

from dataclasses import dataclass, field
from enum import StrEnum

from temporal.messages.validation import MAX_NAME_CHARACTERS, number_problems, text_problems
from temporal.messages.work import StepResult, WorkResult

MAX_SLEEP_SECONDS = 100 * 365 * 86_400
"""Longest sleep, in seconds: a hundred years. Our own limit, within what the server's timers hold."""

MAX_STEPS = 100
"""Most steps on each side of the sleep: keeps a run's history far below the server's 51,200 events."""

MAX_WORK_UNITS = 100_000
"""Most units of long-running work in one activity; our own limit."""

MAX_WORK_UNIT_SECONDS = 60
"""Longest pause of one unit, in seconds, so that a unit ends well before the activity's time does."""


class DemoPhase(StrEnum):
    """Where a `DurableDemoWorkflow` is."""

    STARTING = "starting"
    STEPS_BEFORE = "steps-before"
    WORKING = "working"
    SLEEPING = "sleeping"
    STEPS_AFTER = "steps-after"
    COMPLETED = "completed"
    CANCELED = "canceled"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class DurableDemoInput:
    """What `DurableDemoWorkflow` is asked to do.

    Attributes:
        name: What the run is called in its steps, events and summaries.
        sleep_seconds: How long the durable sleep lasts, in seconds, 0 to a hundred years.
        steps: How many steps run before the sleep, and again after it, 0 to 100.
        work_units: How many units of long-running work run before the sleep; 0 for none.
        work_unit_seconds: How long one unit takes, in seconds, 0 to 60.
    """

    name: str = "demo"
    sleep_seconds: float = 5.0
    steps: int = 1
    work_units: int = 0
    work_unit_seconds: float = 0.2

    def problems(self) -> list[str]:
        """Returns what is wrong with the input, one line a fault."""
        return [
            *text_problems("name", self.name, limit=MAX_NAME_CHARACTERS),
            *number_problems("sleep_seconds", self.sleep_seconds, least=0, most=MAX_SLEEP_SECONDS),
            *number_problems("steps", self.steps, least=0, most=MAX_STEPS, whole=True),
            *number_problems("work_units", self.work_units, least=0, most=MAX_WORK_UNITS, whole=True),
            *number_problems(
                "work_unit_seconds", self.work_unit_seconds, least=0, most=MAX_WORK_UNIT_SECONDS
            ),
        ]


@dataclass(kw_only=True)
class DurableDemoStatus:
    """The answer of the query `get_status`.

    Attributes:
        phase: Where the run is.
        current_step: The step under way, or the last one begun; empty before the first.
        steps_done: Names of the steps that have ended, in order.
        sleep_deadline: When the sleep ends (ISO 8601, UTC); None before it begins.
        detail: What ended the run early: the step a cancellation met, or the failure.
    """

    phase: DemoPhase = DemoPhase.STARTING
    current_step: str = ""
    steps_done: list[str] = field(default_factory=list)
    sleep_deadline: str | None = None
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class DurableDemoResult:
    """What ran.

    Attributes:
        name: The input's name.
        steps: The result of every step, in order.
        work: The result of the long-running work, if there was any.
        slept_seconds: How long the sleep lasted by the workflow's clock, in seconds.
    """

    name: str
    steps: list[StepResult]
    work: WorkResult | None
    slept_seconds: float
