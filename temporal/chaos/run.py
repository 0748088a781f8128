"""One run of a scenario while it goes on: where it works, and what has happened so far."""

import uuid
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from temporal.chaos.chance import Chance
from temporal.chaos.evidence import Landing, Sent, Started
from temporal.chaos.fleet import Fleet
from temporal.chaos.observation import Handle, acknowledged
from temporal.chaos.points.armed import Armed, Struck
from temporal.chaos.targets.target import Target


class Workload(Protocol):
    """What runs while faults strike."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def workflows(self) -> Sequence[type]:
        """The classes that its histories are replayed against; none when they are not known."""
        ...

    async def start(self, run: "Run", workflow_id: str, delay_seconds: float) -> "Live":
        """Starts one workflow and returns once the server has acknowledged it.

        Args:
            run: The run.
            workflow_id: The id that it is to have.
            delay_seconds: How long after its start its first task comes, in seconds.

        Raises:
            RPCError: The server does not take it.
        """
        ...

    async def during(self, run: "Run", live: "Live") -> None:
        """Sends what is to arrive while faults strike."""
        ...

    async def after(self, run: "Run", live: "Live") -> None:
        """Sends what the workflow still needs to come to its end."""
        ...

    def applied(self, result: object) -> Sequence[str] | None:
        """Returns the ids of the messages that a result, as JSON, says were applied; None: unsaid."""
        ...


@dataclass(frozen=True)
class Live:
    """A workflow of the run: its handle, what was acknowledged, and the workload that it is of."""

    handle: Handle
    started: Started
    workload: Workload


@dataclass(kw_only=True)
class Run:
    """One run of a scenario.

    Attributes:
        target: Where it works.
        fleet: Its workers.
        number: Which run of the scenario it is, from 1.
        seed: What `chance` was made from.
        chance: Draws whatever is left to chance.
        points: The folder of armed moments.
        armed: The moment that the next strike waits for, if it is one within a worker.
        known: The workers that lived before the last strike.
        lives: Every workflow that was started.
        landed: The faults that landed.
        sent: Every acknowledged message.
        group: The control group of little memory, if there is one.
        exits: What is undone when the run is over.
        resumed: What zombies that went on had written down when they stopped.
    """

    target: Target
    fleet: Fleet
    number: int
    seed: int
    chance: Chance
    points: Path
    armed: list[Armed] = field(default_factory=list)
    known: set[int] = field(default_factory=set)
    lives: list[Live] = field(default_factory=list)
    landed: list[Landing] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    group: Path | None = None
    exits: ExitStack = field(default_factory=ExitStack)
    resumed: list[Struck] = field(default_factory=list)

    def new_id(self, name: str) -> str:
        """Returns a workflow id that nobody has used."""
        return f"chaos-{name}-{uuid.uuid4().hex[:8]}"

    def started(self, handle: Handle, workflow_type: str, request: object, expected: object) -> Started:
        """Returns the record of an acknowledged start, of now."""
        return Started(
            workflow_id=handle.id,
            workflow_type=workflow_type,
            acknowledged_at=datetime.now(UTC),
            request=request,
            expected=expected,
        )

    async def signal(self, handle: Handle, name: str, message_id: str, argument: object) -> bool:
        """Sends a signal and notes it if the server acknowledges it; returns whether it did."""
        if not await acknowledged(handle.signal(name, argument)):
            return False
        order = sum(sent.workflow_id == handle.id for sent in self.sent)
        self.sent.append(Sent(workflow_id=handle.id, name=name, message_id=message_id, order=order))
        return True
