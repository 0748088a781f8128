"""What supervisors of this machine tell by their status sockets: their workers, and how others ended."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

STATES = ("starting", "polling", "draining")
KINDS = ("workflow", "activity", "query", "nexus")
RECENT = timedelta(minutes=5)
DRAINED = "drained"


@dataclass(frozen=True, kw_only=True)
class Supervised:
    """All supervisors together.

    Attributes:
        workers: Living workers by state.
        held: What they hold, by kind.
        recoveries: Seconds that the release of each worker took that died in the last five minutes.
    """

    workers: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)
    recoveries: Sequence[float] = ()


async def supervised(folder: Path) -> Supervised | None:
    """Returns what the supervisors with files in a folder tell; None when there is none."""
    told = await asyncio.to_thread(_states, folder)
    if not told:
        return None
    workers = [worker for state in told for worker in state["workers"]]
    since = datetime.now(UTC) - RECENT
    return Supervised(
        workers=Counter(worker["state"] for worker in workers),
        held=sum((Counter(worker["held"]) for worker in workers), Counter()),
        recoveries=[
            death["release_ms"] / 1000
            for state in told
            for death in state["deaths"]
            if death["cause"] != DRAINED and datetime.fromisoformat(death["at"]) > since
        ],
    )


def _states(folder: Path) -> list[dict[str, Any]]:
    from temporal.recovery.status import states  # loads gRPC, which only this needs

    return list(states(folder))
