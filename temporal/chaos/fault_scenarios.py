"""Scenarios of every kind of fault."""

from temporal.chaos.chance import Chance
from temporal.chaos.faults.network import CUT, LATENCY, RESET
from temporal.chaos.faults.oom import OOM
from temporal.chaos.faults.processes import (
    KILL_BOTH,
    KILL_SUPERVISOR,
    KILL_WORKER,
    KILL_WORKERS,
    TERMINATE_DRAINING,
)
from temporal.chaos.faults.server import KILL_DATABASE, KILL_SERVER, KILL_STACK
from temporal.chaos.faults.store import STORE_FULL, STORE_UNAVAILABLE
from temporal.chaos.faults.zombie import ZOMBIE
from temporal.chaos.point_scenarios import ASLEEP, AT_WORK, CLOSED_FORM, STEPS, UNDECIDED, scenario_of
from temporal.chaos.points.in_activity import (
    BEFORE_EFFECT,
    HEARTBEAT_LOOP,
    TERM_DONE,
)
from temporal.chaos.points.restarting import DURING_DRAIN
from temporal.chaos.points.waiting import (
    MID_SLEEP,
    WAITING_FOR_DECISION,
)
from temporal.chaos.scenario import Scenario, Strike


def _several(chance: Chance, supervised: bool) -> list[Strike]:
    """Draws a kill, a fault of the network and one of the store, at once while a workflow sleeps."""
    kills = [KILL_WORKER, KILL_WORKERS, KILL_BOTH]
    return [
        Strike(MID_SLEEP, (chance.choice(kills), chance.choice([CUT, LATENCY, RESET]), STORE_UNAVAILABLE))
    ]


FAULTS = (
    scenario_of("kill-workers", "SIGKILL all workers at once", ASLEEP, Strike(MID_SLEEP, (KILL_WORKERS,))),
    scenario_of(
        "kill-supervisor", "SIGKILL the supervisor", AT_WORK, Strike(HEARTBEAT_LOOP, (KILL_SUPERVISOR,))
    ),
    scenario_of(
        "kill-both", "SIGKILL the supervisor and its workers at once", ASLEEP, Strike(MID_SLEEP, (KILL_BOTH,))
    ),
    scenario_of(
        "zombie",
        "SIGSTOP a worker, SIGCONT it once its work was given to another",
        CLOSED_FORM,
        Strike(TERM_DONE, (ZOMBIE,)),
        workers=2,
    ),
    scenario_of(
        "terminate-draining",
        "a second SIGTERM while the worker drains",
        AT_WORK,
        Strike(DURING_DRAIN, (TERMINATE_DRAINING,)),
    ),
    scenario_of(
        "out-of-memory", "the kernel kills a worker for want of memory", STEPS, Strike(BEFORE_EFFECT, (OOM,))
    ),
    scenario_of("network-cut", "nothing passes to the server and back", ASLEEP, Strike(MID_SLEEP, (CUT,))),
    scenario_of(
        "network-latency", "everything between them is late", AT_WORK, Strike(HEARTBEAT_LOOP, (LATENCY,))
    ),
    scenario_of("network-reset", "their connections are reset", AT_WORK, Strike(HEARTBEAT_LOOP, (RESET,))),
    scenario_of(
        "store-unavailable",
        "nobody can write to the effect record",
        ASLEEP,
        Strike(MID_SLEEP, (STORE_UNAVAILABLE,)),
    ),
    scenario_of(
        "store-full", "the disk of the effect record is full", ASLEEP, Strike(MID_SLEEP, (STORE_FULL,))
    ),
    scenario_of("kill-server", "SIGKILL the Temporal server", ASLEEP, Strike(MID_SLEEP, (KILL_SERVER,))),
    scenario_of(
        "kill-postgresql", "SIGKILL PostgreSQL", UNDECIDED, Strike(WAITING_FOR_DECISION, (KILL_DATABASE,))
    ),
    scenario_of(
        "kill-stack",
        "SIGKILL server, database, supervisor and workers",
        AT_WORK,
        Strike(HEARTBEAT_LOOP, (KILL_STACK,)),
    ),
    Scenario(
        name="several",
        what="a kill, the network and the store at once, drawn from the seed",
        workload=ASLEEP,
        strikes=_several(Chance(""), True),
        drawn=_several,
    ),
)
