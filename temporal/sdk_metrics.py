"""How Prometheus sees the SDK's metrics, and ours of workflows and activities: names, units, buckets."""

from collections.abc import Mapping, Sequence

from temporalio.runtime import PrometheusConfig

FINE = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 600.0)
"""Upper bounds in seconds, where the SDK's own begin at 0.1 s: what takes milliseconds here is told apart."""

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0
LONG = (
    1.0,
    10.0,
    MINUTE,
    5 * MINUTE,
    15 * MINUTE,
    HOUR,
    4 * HOUR,
    12 * HOUR,
    DAY,
    3 * DAY,
    7 * DAY,
    30 * DAY,
)
"""Upper bounds in seconds, from a second to thirty days."""

BUCKETS: Mapping[str, Sequence[float]] = {
    "approval_waiting_seconds": LONG,
    # The SDK's own by their bare names, although they are shown with the suffix of their unit.
    "temporal_activity_schedule_to_start_latency": FINE,
    "temporal_activity_succeed_endtoend_latency": FINE,
    "temporal_workflow_task_schedule_to_start_latency": FINE,
}


def prometheus_config(host: str, port: int) -> PrometheusConfig:
    """Returns the SDK's endpoint: durations in seconds, names with the suffixes of Prometheus' conventions.

    Args:
        host: An IPv4 address of this machine.
        port: A port of it.
    """
    return PrometheusConfig(
        f"{host}:{port}",
        counters_total_suffix=True,
        unit_suffix=True,
        durations_as_seconds=True,
        histogram_bucket_overrides=BUCKETS,
    )
