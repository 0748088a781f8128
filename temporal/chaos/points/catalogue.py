"""All points, by name."""

from temporal.chaos.points.in_activity import AFTER_EFFECT, BEFORE_EFFECT, DURING_RECOVERY, HEARTBEAT_LOOP
from temporal.chaos.points.restarting import DURING_DRAIN, DURING_START_UP
from temporal.chaos.points.starting import BEFORE_FIRST_TASK, WITHIN_WORKFLOW_TASK
from temporal.chaos.points.waiting import (
    DECIDED_BEFORE_EFFECT,
    MID_SLEEP,
    TIMER_WHILE_DOWN,
    WAITING_FOR_DECISION,
)

POINTS = (
    BEFORE_FIRST_TASK,
    WITHIN_WORKFLOW_TASK,
    BEFORE_EFFECT,
    AFTER_EFFECT,
    HEARTBEAT_LOOP,
    MID_SLEEP,
    TIMER_WHILE_DOWN,
    WAITING_FOR_DECISION,
    DECIDED_BEFORE_EFFECT,
    DURING_DRAIN,
    DURING_RECOVERY,
    DURING_START_UP,
)
