"""The catalogue: every scenario, and the groups that a command can name."""

from temporal.chaos.fault_scenarios import FAULTS
from temporal.chaos.faults.network import CUT, RESET
from temporal.chaos.faults.processes import (
    KILL_BOTH,
    KILL_WORKER,
    KILL_WORKERS,
)
from temporal.chaos.point_scenarios import POINTS, SEED
from temporal.chaos.points.anywhere import ANYWHERE
from temporal.chaos.run import Workload
from temporal.chaos.scenario import Scenario, Strike
from temporal.chaos.workloads.demo import Demo, start_demo

__all__ = ["GROUPS", "SCENARIOS", "SEED", "Demo", "Scenario", "foreign_scenarios", "start_demo"]

SCENARIOS = (*POINTS, *FAULTS)

SMOKE = tuple(
    scenario
    for scenario in SCENARIOS
    if scenario.name
    in {
        "kill-mid-sleep",
        "kill-mid-activity",
        "kill-after-effect",
        "kill-decided",
        "kill-starting",
        "network-reset",
    }
)

GROUPS = {"seed": SEED, "smoke": SMOKE, "all": SCENARIOS, "soak": POINTS}


def foreign_scenarios(workload: Workload) -> tuple[Scenario, ...]:
    """Returns the scenarios of a worker that the harness knows nothing of."""
    kinds = (KILL_WORKER, KILL_WORKERS, KILL_BOTH, CUT, RESET)
    return tuple(
        Scenario(
            name=kind.name,
            what=kind.what,
            workload=workload,
            strikes=[Strike(ANYWHERE, (kind,))],
        )
        for kind in kinds
    )
