"""Timeouts and retries of every activity, each with its reason.

All activities are idempotent, so a retry is always safe: what the database or a worker's death interrupts is
retried without limit. Only validation errors and a key taken by another input end a workflow early.
"""

from datetime import timedelta

from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityCancellationType, ActivityConfig

from temporal.messages.work import WorkInput
from temporal.workflows.visibility import SUMMARY_BYTES, shortened

UNTIL_IT_WORKS = RetryPolicy(
    initial_interval=timedelta(milliseconds=200),  # most faults are a lock or a reconnect and pass at once
    backoff_coefficient=2.0,
    maximum_interval=timedelta(seconds=30),  # after an outage of hours, work goes on within half a minute
    non_retryable_error_types=["EffectConflict"],  # the key holds another input, and will tomorrow
)

STORE_TIME = timedelta(seconds=10)
"""Time of one attempt that writes to the store. Above the store's own limit for a statement or lock (4 s), so
that its error arrives and no thread is left behind; also how long a killed worker's step waits."""

HEARTBEAT_TIMEOUT = timedelta(seconds=3)
"""How long long-running work may be silent: six heartbeats at the worker's throttle of 0.5 s."""


def store_write(summary: str) -> ActivityConfig:
    """Returns the options of an activity that writes to the store: tried until it works."""
    return ActivityConfig(
        summary=shortened(summary, SUMMARY_BYTES),
        start_to_close_timeout=STORE_TIME,
        retry_policy=UNTIL_IT_WORKS,
    )


def last_words(summary: str) -> ActivityConfig:
    """Returns the options of a canceled run's last event: an outage must not keep it open for long."""
    return {**store_write(summary), "schedule_to_close_timeout": timedelta(minutes=1)}


def notification(summary: str) -> ActivityConfig:
    """Returns the options of a notification: an hour of attempts, since what it tells is recorded by then."""
    return {**store_write(summary), "schedule_to_close_timeout": timedelta(hours=1)}


def long_running(work: WorkInput) -> ActivityConfig:
    """Returns the options of `long_running_task`: time by the work's size, death noticed by heartbeat."""
    return ActivityConfig(
        summary=f"{work.units} units of work",
        # Half as long again as planned, and a minute: heartbeats notice a death, this only a stuck unit.
        start_to_close_timeout=timedelta(seconds=work.units * work.unit_seconds * 1.5 + 60),
        heartbeat_timeout=HEARTBEAT_TIMEOUT,
        retry_policy=UNTIL_IT_WORKS,
        # The run ends only when the work has really stopped, so nothing goes on behind a canceled run.
        cancellation_type=ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    )
