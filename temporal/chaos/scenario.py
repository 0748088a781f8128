"""What a scenario is: a workload, and the faults that strike it one after another at named points."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from temporal.chaos.bounds import STOCK
from temporal.chaos.chance import Chance
from temporal.chaos.crashing_worker import COMMAND as CHAOS_COMMAND
from temporal.chaos.evidence import Fault
from temporal.chaos.faults.kind import Kind
from temporal.chaos.points.point import Point
from temporal.chaos.run import Workload
from temporal.chaos.worker_process import COMMAND


@dataclass(frozen=True)
class Strike:
    """Faults that are inflicted at once, at one point."""

    point: Point
    kinds: tuple[Kind, ...]

    @property
    def planned(self) -> list[Fault]:
        """What is to land."""
        return [Fault(fault=kind.name, point=self.point.name) for kind in self.kinds]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A named scenario.

    Attributes:
        name: Its name.
        what: What it does, in one line.
        workload: What runs.
        strikes: What strikes, in order.
        workers: How many workers it needs at least; 0 for the fleet's own number.
        drawn: Draws the strikes of a run, in place of `strikes`; told whether the workers are supervised.
    """

    name: str
    what: str
    workload: Workload
    strikes: Sequence[Strike] = ()
    workers: int = 0
    drawn: Callable[[Chance, bool], Sequence[Strike]] | None = None

    def of_seed(self, seed: int, *, supervised: bool) -> "Scenario":
        """Returns the scenario with the strikes that a seed draws."""
        if self.drawn is None:
            return self
        return replace(self, strikes=self.drawn(Chance(f"{seed}/{self.name}"), supervised), drawn=None)

    @property
    def kinds(self) -> list[Kind]:
        """Every kind of fault in it."""
        return [kind for strike in self.strikes for kind in strike.kinds]

    @property
    def planned(self) -> list[Fault]:
        """Every fault that is to land."""
        return [fault for strike in self.strikes for fault in strike.planned]

    @property
    def own_server(self) -> bool:
        """Whether it strikes the server, which must then be its own."""
        return any(kind.own_server for kind in self.kinds)

    @property
    def relayed(self) -> bool:
        """Whether its workers must reach the server through the relay."""
        return any(kind.relayed for kind in self.kinds)

    @property
    def command(self) -> Sequence[str]:
        """The worker to run: this project's, or the chaos worker where only that can do what is needed."""
        special = self.workload.name == "closed-form" or any(strike.point.moment for strike in self.strikes)
        return CHAOS_COMMAND if special else COMMAND

    def late_bound(self, *, supervised: bool) -> float:
        """Returns how late a step may be after its faults, in seconds."""
        if not supervised:
            return STOCK
        bounds = [strike.point.late_seconds for strike in self.strikes]
        return max(*bounds, *(kind.late_seconds for kind in self.kinds))

    def lacking(self, target: str, *, supervised: bool) -> str:
        """Returns why it cannot run on a kind of target, empty if it can."""
        for kind in self.kinds:
            if target not in kind.targets:
                return f"{kind.name} strikes {' and '.join(sorted(kind.targets))} only"
            if reason := kind.lacking(supervised):
                return reason
        return ""
