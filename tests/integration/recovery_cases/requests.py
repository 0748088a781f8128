"""What the cases' workflows and activities are asked to do; an empty mark means that nothing dies there."""

from dataclasses import dataclass, field
from datetime import timedelta

LONG = timedelta(minutes=10)
"""Longer than a test may take: a timeout that nobody can have waited for."""


@dataclass
class EagerStart:
    """A workflow to be started from within a worker."""

    workflow: str
    workflow_id: str
    mark: str


@dataclass
class Plan:
    """One activity and how it is run.

    Attributes:
        activity: Its name.
        argument: Its argument: a mark, or what it is to start.
        attempts: How many it may have; 0 for no limit.
        final: Error types after which it is not tried again.
        waits_for_cancellation: Whether a canceled workflow waits for what becomes of the activity.
    """

    activity: str
    argument: str | EagerStart
    attempts: int = 0
    final: list[str] = field(default_factory=list)
    waits_for_cancellation: bool = False


@dataclass
class Chain:
    """A chain of runs that continue as new.

    Attributes:
        runs: How many are left, this one included.
        first_task: The mark of the death in the first task of the last run.
        last_task: The mark of the death in the task that ends the first run.
    """

    runs: int
    first_task: str = ""
    last_task: str = ""
    done: int = 0


@dataclass
class Errand:
    """A Nexus operation: where it is served, its mark, and whether it ends later than its call."""

    endpoint: str
    mark: str = ""
    later: bool = False
