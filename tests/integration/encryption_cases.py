"""A workflow that puts a word of its own into every place where Temporal keeps what it is given."""

import asyncio
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

STORED = (
    "input",
    "memo",
    "static-summary",
    "static-details",
    "upserted-memo",
    "signal",
    "update-input",
    "update-result",
    "activity-input",
    "activity-result",
    "activity-summary",
    "timer-summary",
    "local-activity-result",
    "failure-message",
    "failure-detail",
    "failure-cause",
    "child-input",
    "child-failure",
    "heartbeat",
    "workflow-task-failure",
)
"""The places that end up in the server's database."""

ANSWERED = ("query-result", "current-details")
"""The places that pass through the server in an answer and are not kept."""

WAIT = timedelta(seconds=60)
ONCE = RetryPolicy(maximum_attempts=1)

FAILED_A_TASK: set[str] = set()
"""Runs that have failed a workflow task on purpose."""


def canary(run: str, place: str) -> str:
    """Returns the word that is planted in a place; no run has another's."""
    return f"canary-{run}-{place}."


class CanaryActivities:
    """Activities that give away what they are told."""

    def __init__(self) -> None:
        self.finish = asyncio.Event()

    @activity.defn
    async def sing(self, run: str, _: str) -> str:
        """Returns a word."""
        return canary(run, "activity-result")

    @activity.defn
    async def sing_near(self, run: str) -> str:
        """Returns a word, as a local activity."""
        return canary(run, "local-activity-result")

    @activity.defn
    async def fall(self, run: str) -> None:
        """Fails with words in its message, in a detail and in its cause."""
        try:
            raise ValueError(canary(run, "failure-cause"))
        except ValueError as error:
            raise ApplicationError(canary(run, "failure-message"), canary(run, "failure-detail")) from error

    @activity.defn
    async def hum(self, run: str) -> None:
        """Heartbeats a word until it is told to finish."""
        while not self.finish.is_set():
            activity.heartbeat(canary(run, "heartbeat"))
            await asyncio.sleep(0.1)


@workflow.defn(sandboxed=False)
class FallingChild:
    """Fails with a word."""

    @workflow.run
    async def run(self, run: str, _: str) -> None:
        """Fails at once."""
        raise ApplicationError(canary(run, "child-failure"))


@workflow.defn(sandboxed=False)
class CanaryWorkflow:
    """Goes through every place, then hums until it is told to finish."""

    def __init__(self) -> None:
        self._heard: list[str] = []

    @workflow.run
    async def run(self, run: str, _: str) -> list[str]:
        """Returns what was heard by signal and update."""
        workflow.set_current_details(canary(run, "current-details"))
        workflow.upsert_memo({"more": canary(run, "upserted-memo")})
        await workflow.wait_condition(lambda: len(self._heard) == 2)
        await workflow.execute_activity_method(
            CanaryActivities.sing,
            args=[run, canary(run, "activity-input")],
            start_to_close_timeout=WAIT,
            summary=canary(run, "activity-summary"),
        )
        await workflow.execute_local_activity_method(
            CanaryActivities.sing_near, run, start_to_close_timeout=WAIT
        )
        await workflow.sleep(0.05, summary=canary(run, "timer-summary"))
        try:
            await workflow.execute_activity_method(
                CanaryActivities.fall, run, start_to_close_timeout=WAIT, retry_policy=ONCE
            )
        except ActivityError as error:
            self._heard.append(str(error.cause))
        try:
            await workflow.execute_child_workflow(FallingChild.run, args=[run, canary(run, "child-input")])
        except Exception as error:
            self._heard.append(str(error.__cause__))
        if run not in FAILED_A_TASK:
            FAILED_A_TASK.add(run)
            raise RuntimeError(canary(run, "workflow-task-failure"))
        await workflow.execute_activity_method(
            CanaryActivities.hum, run, start_to_close_timeout=WAIT, heartbeat_timeout=WAIT
        )
        return self._heard

    @workflow.signal
    def told(self, word: str) -> None:
        """Hears a word."""
        self._heard.append(word)

    @workflow.update
    async def asked(self, word: str) -> str:
        """Hears a word and answers with one."""
        self._heard.append(word)
        return word.replace("input", "result")

    @workflow.query
    def sung(self) -> list[str]:
        """Answers with a word."""
        return [word.replace("signal", "query-result") for word in self._heard[:1]]
