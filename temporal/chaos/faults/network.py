"""The way between workers and server, by the relay: cut, slow, or reset."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from temporal.chaos.bounds import NETWORK_GONE
from temporal.chaos.evidence import Landing
from temporal.chaos.faults.kind import Kind
from temporal.chaos.observation import Handle, until
from temporal.chaos.points.point import Point
from temporal.chaos.relay import Relay
from temporal.chaos.run import Run

CUT_SECONDS = 4.0
LATENCY_SECONDS, SLOW_SECONDS = 0.2, 4.0
REFUSING_SECONDS = 2.0

RELAYED = frozenset({"embedded", "compose"})
"""Targets without TLS: a certificate does not name the relay."""


def _relay(run: Run) -> Relay:
    if run.target.relay is None:
        raise RuntimeError("the target has no relay")
    return run.target.relay


async def _cut(run: Run, handle: Handle, point: Point) -> Landing:
    relay, at = _relay(run), datetime.now(UTC)
    relay.cut()
    healed = await _mended(relay, CUT_SECONDS, "bytes are held back", lambda: relay.held_back > 0)
    proof = f"{relay.held_back} bytes of {relay.connections} connections were held back"
    return CUT.landing(point, at, proof, healed=healed)


async def _latency(run: Run, handle: Handle, point: Point) -> Landing:
    relay, at = _relay(run), datetime.now(UTC)
    before, relay.delay_seconds = relay.delayed, LATENCY_SECONDS
    healed = await _mended(relay, SLOW_SECONDS, "pieces are delayed", lambda: relay.delayed > before)
    proof = f"{relay.delayed - before} pieces were {LATENCY_SECONDS:g} s late"
    return LATENCY.landing(point, at, proof, healed=healed)


async def _reset(run: Run, handle: Handle, point: Point) -> Landing:
    relay, at = _relay(run), datetime.now(UTC)
    relay.refusing = True
    number = relay.reset()
    healed = await _mended(relay, REFUSING_SECONDS, "a connection is refused", lambda: relay.refused > 0)
    proof = f"{number} connections were reset, {relay.refused} more refused"
    return RESET.landing(point, at, proof, healed=healed)


async def _mended(relay: Relay, seconds: float, what: str, felt: Callable[[], bool]) -> datetime:
    """Lets a fault last until it was felt, mends the way, and returns when (UTC)."""
    try:
        await asyncio.sleep(seconds)
        await until(what, felt)
    finally:
        relay.mend()
    return datetime.now(UTC)


CUT = Kind(
    name="network-cut",
    what=f"nothing passes between workers and server for {CUT_SECONDS:g} s; connections stay open",
    inflict=_cut,
    relayed=True,
    targets=RELAYED,
    late_seconds=NETWORK_GONE,
)

LATENCY = Kind(
    name="network-latency",
    what=f"everything is {LATENCY_SECONDS:g} s late in each direction for {SLOW_SECONDS:g} s",
    inflict=_latency,
    relayed=True,
    targets=RELAYED,
    late_seconds=NETWORK_GONE,
)

RESET = Kind(
    name="network-reset",
    what=f"every connection is reset, and new ones for {REFUSING_SECONDS:g} s",
    inflict=_reset,
    relayed=True,
    targets=RELAYED,
    late_seconds=NETWORK_GONE,
)
