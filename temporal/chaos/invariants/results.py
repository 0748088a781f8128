"""Results are the right ones, as computed here, independently of the workflow."""

import hashlib
from collections.abc import Mapping
from typing import Any

from temporal.activities.long_running import last_progress, next_link
from temporal.chaos.evidence import Ending, Evidence, Started
from temporal.chaos.invariants.reading import plain
from temporal.messages.durable_demo import DurableDemoInput, DurableDemoResult
from temporal.messages.work import WorkInput

NAME = "results"
WHAT = "each workflow completes with the result that was computed independently"


def applies(evidence: Evidence) -> bool:
    """Where the right result of anything that was started is known."""
    return any(_known(started) for started in evidence.started)


async def check(evidence: Evidence) -> list[str]:
    """Compares each result that is known with the one that was found."""
    endings = {ending.workflow_id: ending for ending in evidence.endings}
    breaches = []
    for started in evidence.started:
        ending = endings.get(started.workflow_id)
        if ending is not None and ending.status != "RUNNING" and _known(started):
            breaches += [f"result of {started.workflow_id}: {line}" for line in _wrong(started, ending)]
    return breaches


def work_is_right(result: DurableDemoResult, request: DurableDemoInput) -> list[str]:
    """Computes the long-running work's hash chain anew and compares."""
    return _work(request, plain(result))


def _known(started: Started) -> bool:
    return started.expected is not None or isinstance(started.request, DurableDemoInput)


def _wrong(started: Started, ending: Ending) -> list[str]:
    if ending.status != "COMPLETED":
        return [f"{ending.status} {ending.failure}".strip()]
    found = plain(ending.result)
    wrong = [] if started.expected is None else _differences(plain(started.expected), found, "")
    if isinstance(started.request, DurableDemoInput):
        wrong += _steps(started.request, found) + _work(started.request, found)
    return wrong


def _differences(expected: Any, found: Any, where: str) -> list[str]:
    """Compares an expected mapping by the keys that it has, anything else by equality."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        return [
            line
            for key, value in expected.items()
            for line in _differences(value, found.get(key), f"{where}.{key}" if where else str(key))
        ]
    if expected == found:
        return []
    return [f"{where + ' ' if where else ''}is {found!r:.120}, expected {expected!r:.120}"]


def _steps(request: DurableDemoInput, found: Any) -> list[str]:
    names = [f"{side}-{number}" for side in ("before", "after") for number in range(1, request.steps + 1)]
    expected = {name: hashlib.sha256(f"{request.name}/{name}".encode()).hexdigest() for name in names}
    listed = found.get("steps") or []
    return _differences(expected, {step.get("step"): step.get("output") for step in listed}, "step") + (
        [f"{len(listed)} steps, expected {len(names)}"] if len(listed) != len(names) else []
    )


def _work(request: DurableDemoInput, found: Any) -> list[str]:
    if not request.work_units:
        return []
    work = WorkInput(subject="work", units=request.work_units, unit_seconds=request.work_unit_seconds)
    chain = last_progress(work, []).chain
    for _ in range(request.work_units):
        chain = next_link(chain)
    if (found.get("work") or {}).get("chain") != chain:
        return ["work: its result is not the one computed here"]
    return []
