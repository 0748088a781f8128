"""Workflows that the pytest plugin's tests run; a worker in another process imports them from here."""

import asyncio
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy


@activity.defn
async def count(folder: str) -> int:
    """Returns which attempt it is, after a moment in which it can be killed."""
    for _ in range(20):
        activity.heartbeat()
        await asyncio.sleep(0.05)
    return activity.info().attempt


@workflow.defn
class Counting:
    """Sleeps, then runs one activity."""

    @workflow.run
    async def run(self, folder: str) -> int:
        """Returns the attempt that its activity took."""
        await workflow.sleep(timedelta(seconds=2))
        return await workflow.execute_activity(
            count,
            folder,
            start_to_close_timeout=timedelta(seconds=30),
            heartbeat_timeout=timedelta(seconds=5),
            retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=100)),
        )


@workflow.defn
class Waiting:
    """Waits for a word."""

    def __init__(self) -> None:
        self._word = ""

    @workflow.run
    async def run(self) -> str:
        """Returns the word."""
        await workflow.wait_condition(lambda: bool(self._word))
        return self._word

    @workflow.signal
    def say(self, word: str) -> None:
        """Says it."""
        self._word = word
