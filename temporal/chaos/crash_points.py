"""Named points within an activity at which a worker SIGKILLs itself, once.

A signal from outside cannot hit the moment between an effect's commit and its acknowledgement; the process
itself can. Only `temporal.chaos.crashing_worker` uses this, no worker of production does.
"""

import json
import os
import signal
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from temporalio import activity
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor

from temporal.command_line import USAGE, CommandError


class Moment(StrEnum):
    """When within an activity: nothing done yet, or all done and the server not told."""

    BEFORE_EFFECT = "before-effect"
    AFTER_EFFECT = "after-effect"


@dataclass(frozen=True, kw_only=True)
class Crash:
    """What the record of a crash tells.

    Attributes:
        point: `ACTIVITY:MOMENT`.
        workflow_id: The workflow whose activity it was.
        activity_id: The activity's id in its run.
        attempt: The attempt that died.
        pid: The process that died.
    """

    point: str
    workflow_id: str
    activity_id: str
    attempt: int
    pid: int


@dataclass(frozen=True, kw_only=True)
class CrashPoint:
    """Where to crash.

    Attributes:
        activity: The activity's type.
        moment: When within it.
        record: The file that tells of the crash. While it exists nobody crashes, so that every worker can be
            given the same variables and only the first one to get there dies.
        workflow_id_prefix: Only workflows whose id begins so; by default any.
    """

    activity: str
    moment: Moment
    record: Path
    workflow_id_prefix: str = ""

    @property
    def name(self) -> str:
        """The point as `CRASH_POINT` names it."""
        return f"{self.activity}:{self.moment}"

    def reached(self, moment: Moment) -> None:
        """Tells that the running activity is at `moment`; does not return if this is the point."""
        info = activity.info()
        workflow_id = info.workflow_id or ""
        if (info.activity_type, moment) != (self.activity, self.moment):
            return
        if not workflow_id.startswith(self.workflow_id_prefix):
            return
        crash = Crash(
            point=self.name,
            workflow_id=workflow_id,
            activity_id=info.activity_id,
            attempt=info.attempt,
            pid=os.getpid(),
        )
        try:
            # "x" lets one of several concurrent activities and workers through. The kernel keeps what was
            # written when the process dies.
            with self.record.open("x") as file:
                file.write(json.dumps(asdict(crash)))
        except FileExistsError:
            return
        os.kill(os.getpid(), signal.SIGKILL)


class CrashInterceptor(Interceptor):
    """Brings a crash point into a worker's activities."""

    def __init__(self, point: CrashPoint) -> None:
        self._point = point

    def intercept_activity(self, inner: ActivityInboundInterceptor) -> ActivityInboundInterceptor:
        """Puts the point around every activity."""
        return _CrashingActivities(inner, self._point)


class _CrashingActivities(ActivityInboundInterceptor):
    def __init__(self, inner: ActivityInboundInterceptor, point: CrashPoint) -> None:
        super().__init__(inner)
        self._point = point

    async def execute_activity(self, call: ExecuteActivityInput) -> Any:
        self._point.reached(Moment.BEFORE_EFFECT)
        result = await super().execute_activity(call)
        self._point.reached(Moment.AFTER_EFFECT)
        return result


def crash_point(environment: Mapping[str, str]) -> CrashPoint:
    """Reads the point from CRASH_POINT, CRASH_RECORD and, if set, CRASH_WORKFLOW_ID_PREFIX.

    Raises:
        CommandError: One of the first two is missing or cannot be used (exit code 2).
    """
    point, record = environment.get("CRASH_POINT", ""), environment.get("CRASH_RECORD", "")
    name, _, moment = point.partition(":")
    if not name or moment not in list(Moment):
        raise CommandError(f"CRASH_POINT={point!r}: allowed: ACTIVITY:{' or ACTIVITY:'.join(Moment)}", USAGE)
    if not record:
        raise CommandError("CRASH_RECORD: the file that tells of the crash is missing", USAGE)
    return CrashPoint(
        activity=name,
        moment=Moment(moment),
        record=Path(record),
        workflow_id_prefix=environment.get("CRASH_WORKFLOW_ID_PREFIX", ""),
    )


def read_crash(record: Path) -> Crash | None:
    """Returns the crash that `record` tells of; None when the point was not reached."""
    return Crash(**json.loads(record.read_text())) if record.exists() else None
