"""The way between workers and server, by the relay: cut, slow, or reset."""

import asyncio
from datetime import UTC, datetime

from temporal.chaos.bounds import NETWORK_GONE
from temporal.chaos.evidence import Landing
from temporal.chaos.faults.kind import Kind, lasting
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
    relay = _relay(run)
    at = datetime.now(UTC)
    relay.cut()

    async def felt() -> bool:
        await asyncio.sleep(0)
        return relay.held_back > 0

    try:
        await lasting(CUT_SECONDS)
        await until("bytes are held back", felt)
        held_back = relay.held_back
    finally:
        relay.mend()
    proof = f"{held_back} bytes of {relay.connections} connections were held back"
    return CUT.landing(point, at, proof, healed=datetime.now(UTC))


async def _latency(run: Run, handle: Handle, point: Point) -> Landing:
    relay, at = _relay(run), datetime.now(UTC)
    before, relay.delay_seconds = relay.delayed, LATENCY_SECONDS

    async def felt() -> bool:
        await asyncio.sleep(0)
        return relay.delayed > before

    try:
        await lasting(SLOW_SECONDS)
        await until("pieces are delayed", felt)
    finally:
        relay.mend()
    proof = f"{relay.delayed - before} pieces were {LATENCY_SECONDS:g} s late"
    return LATENCY.landing(point, at, proof, healed=datetime.now(UTC))


async def _reset(run: Run, handle: Handle, point: Point) -> Landing:
    relay, at = _relay(run), datetime.now(UTC)
    relay.refusing = True
    number = relay.reset()

    async def felt() -> bool:
        await asyncio.sleep(0)
        return relay.refused > 0

    try:
        await lasting(REFUSING_SECONDS)
        await until("a connection is refused", felt)
    finally:
        relay.mend()
    proof = f"{number} connections were reset, {relay.refused} more refused"
    return RESET.landing(point, at, proof, healed=datetime.now(UTC))


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
