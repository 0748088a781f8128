"""What a kind of fault is."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from temporal.chaos.evidence import Fault, Landing
from temporal.chaos.observation import Handle
from temporal.chaos.points.point import Point
from temporal.chaos.run import Run


def _always(supervised: bool) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of fault.

    Attributes:
        name: Its name in reports.
        what: What it is, in a few words.
        inflict: Inflicts it on a workflow that is at a point, and returns how it landed.
        prepare: Makes ready, before the workload starts.
        armed: What a worker does to itself, for points that only it can hit; None: the kind does not go with
            such points.
        late_seconds: How late a supervised worker's next step may be after it, in seconds.
        own_server: Whether it strikes the server or the database, which must be this run's alone.
        relayed: Whether workers must reach the server through the relay.
        lacking: Returns why it cannot be inflicted here, or nothing; told whether workers are supervised.
        targets: The targets that it can strike.
    """

    name: str
    what: str
    inflict: Callable[[Run, Handle, Point], Awaitable[Landing]]
    prepare: Callable[[Run], Awaitable[None]] | None = None
    armed: int | None = None
    late_seconds: float = 0.0
    own_server: bool = False
    relayed: bool = False
    lacking: Callable[[bool], str] = _always
    targets: frozenset[str] = frozenset({"embedded", "compose", "address"})

    def landing(
        self,
        point: Point,
        at: datetime,
        proof: str,
        *,
        pids: tuple[int, ...] = (),
        healed: datetime | None = None,
    ) -> Landing:
        """Returns the record of a fault that has landed."""
        planned = Fault(fault=self.name, point=point.name)
        return Landing(planned=planned, at=at, healed=healed, pids=pids, proof=proof)
