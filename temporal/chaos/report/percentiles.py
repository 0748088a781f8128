"""Percentiles and the bound of a failure rate: the figures that every form of the report prints alike."""

import math
from collections.abc import Mapping, Sequence

QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


def percentiles(seconds: Sequence[float]) -> Mapping[str, float]:
    """Returns the nearest-rank percentiles and the longest, in seconds; empty for no seconds."""
    if not seconds:
        return {}
    ordered = sorted(seconds)
    found = {name: ordered[max(math.ceil(share * len(ordered)) - 1, 0)] for name, share in QUANTILES.items()}
    return {**found, "longest": ordered[-1]}


def failure_bound(failed: int, runs: int) -> str:
    """Returns in words how often runs fail: no failure in n says "< 3/n at 95 %", the rule of three."""
    if not runs:
        return "no runs"
    if failed:
        return f"{failed} of {runs} failed"
    share = f"{300 / runs:.2g} %" if runs > 3 else "anything"
    return f"0 of {runs} failed: < 3/{runs} at 95 % ({share})"
