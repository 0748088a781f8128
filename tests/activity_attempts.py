"""One attempt of an activity, as a worker would run it, without a server."""

import dataclasses
from collections.abc import Sequence

from temporalio.testing import ActivityEnvironment


def an_attempt(
    number: int = 1,
    *,
    workflow_id: str | None = "workflow",
    run_id: str | None = "run",
    activity_id: str = "1",
    activity_type: str = "unknown",
    heartbeat_details: Sequence[object] = (),
) -> ActivityEnvironment:
    """Returns the environment of attempt `number` of one activity; two with the same ids are retries."""
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(
        environment.info,
        workflow_id=workflow_id,
        workflow_run_id=run_id,
        activity_id=activity_id,
        activity_type=activity_type,
        attempt=number,
        heartbeat_details=heartbeat_details,
    )
    return environment
