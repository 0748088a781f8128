"""The lines of a journal: what a supervisor writes of its workers and the next one reads."""

import base64
import time
from typing import Any

from temporalio.api.deployment.v1 import WorkerDeploymentOptions

from temporal.recovery.held import HeldTask, Kind, Poller, PollKey


def poller_line(worker: int, poller: Poller) -> dict[str, Any]:
    """Returns the line that tells of a worker instance."""
    names = (poller.namespace, poller.identity, poller.instance_key, poller.queue, poller.sticky_queue)
    return {"worker": worker, "poller": names}


def takes_line(worker: int, task: HeldTask) -> dict[str, Any]:
    """Returns the line that tells of a task; its expiry is in seconds since the epoch."""
    packed = {
        "kind": task.kind,
        "token": _text(task.token),
        "namespace": task.key.namespace,
        "queue": task.key.queue,
        "deployment": _text(task.deployment.SerializeToString()),
        "attempt": task.attempt,
        "activity": [task.activity, task.activity_id, task.workflow_id, task.run_id],
        "expires": None if task.expires == float("inf") else time.time() + task.expires - time.monotonic(),
        "cancel": task.cancel_requested,
    }
    return {"worker": worker, "takes": packed}


def ends_line(worker: int, token: bytes) -> dict[str, Any]:
    """Returns the line that tells of a task's end."""
    return {"worker": worker, "ends": _text(token)}


def taken(packed: dict[str, Any]) -> HeldTask:
    """Returns the task of a `takes` line.

    Raises:
        KeyError, ValueError, TypeError: It holds none.
    """
    expires = packed["expires"]
    activity, activity_id, workflow_id, run_id = packed["activity"]
    return HeldTask(
        Kind(packed["kind"]),
        token(packed["token"]),
        PollKey("", packed["namespace"], packed["queue"], sticky=False, versions=b"", group=""),
        WorkerDeploymentOptions.FromString(base64.b64decode(packed["deployment"])),
        attempt=packed["attempt"],
        activity=activity,
        activity_id=activity_id,
        workflow_id=workflow_id,
        run_id=run_id,
        expires=float("inf") if expires is None else time.monotonic() + expires - time.time(),
        cancel_requested=packed["cancel"],
    )


def token(text: str) -> bytes:
    """Returns a token as the server gave it.

    Raises:
        ValueError: The text holds none.
    """
    return base64.b64decode(text)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
