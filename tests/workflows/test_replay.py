"""Every recorded run can go on with today's code, and the check would notice if it could not."""

import json
import platform
import re

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from temporal.workers.registration import WORKFLOWS
from tests.histories.record import FOLDER, SCENES, file_of, without_machine
from tests.workflows.changed import (
    ApprovalThatNotifiesFirst,
    ApprovalWithoutNotification,
    DemoThatSleepsFirst,
    DemoWithAnotherActivity,
    UnchangedApproval,
    UnchangedDemo,
)

RECORDED = sorted(path.stem for path in FOLDER.glob("*.json"))


def history_of(scene: str) -> WorkflowHistory:
    return WorkflowHistory.from_json(scene, file_of(scene).read_text())


def type_of(history: WorkflowHistory) -> str:
    return history.events[0].workflow_execution_started_event_attributes.workflow_type.name


@pytest.mark.parametrize("scene", RECORDED)
async def test_a_recorded_run_replays(scene: str) -> None:
    await Replayer(workflows=WORKFLOWS).replay_workflow(history_of(scene))


def test_every_scene_is_recorded() -> None:
    assert set(RECORDED) == set(SCENES), "run `python -m tests.histories.record`"


def test_every_workflow_has_recorded_runs() -> None:
    recorded = {type_of(history_of(scene)) for scene in RECORDED}
    assert recorded == {workflow.__name__ for workflow in WORKFLOWS}


@pytest.mark.parametrize(
    ("scene", "event"),
    [
        ("demo_completed", EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED),
        ("demo_canceled_asleep", EventType.EVENT_TYPE_TIMER_CANCELED),
        ("demo_canceled_working", EventType.EVENT_TYPE_ACTIVITY_TASK_CANCELED),
        ("demo_killed_asleep", EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT),
        ("demo_invalid", EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED),
        ("approval_approved", EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED),
        ("approval_timed_out", EventType.EVENT_TYPE_TIMER_FIRED),
        ("approval_canceled", EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED),
        ("approval_canceled_too_late", EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CANCEL_REQUESTED),
        ("approval_quorum", EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED),
        ("approval_settled", EventType.EVENT_TYPE_MARKER_RECORDED),
        ("approval_escalated", EventType.EVENT_TYPE_TIMER_FIRED),
        ("approval_continues", EventType.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW),
    ],
)
def test_a_recorded_run_holds_what_it_is_named_for(scene: str, event: EventType.ValueType) -> None:
    assert event in [recorded.event_type for recorded in history_of(scene).events]


@pytest.mark.parametrize("scene", ["demo_killed_working", "demo_stopped_working"])
def test_a_recorded_crash_holds_the_second_attempt_of_another_worker(scene: str) -> None:
    attempts = [
        event.activity_task_started_event_attributes
        for event in history_of(scene).events
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
    ]
    [second] = [started for started in attempts if started.attempt == 2]
    assert second.HasField("last_failure")
    assert second.identity != attempts[0].identity


@pytest.mark.parametrize(
    ("changed", "scene"),
    [
        (DemoWithAnotherActivity, "demo_completed"),
        (DemoWithAnotherActivity, "demo_killed_working"),
        (DemoThatSleepsFirst, "demo_completed"),
        (DemoThatSleepsFirst, "demo_asleep"),
        (ApprovalThatNotifiesFirst, "approval_approved"),
        (ApprovalWithoutNotification, "approval_timed_out"),
        (ApprovalWithoutNotification, "approval_quorum"),
    ],
)
async def test_a_changed_workflow_cannot_replay(changed: type, scene: str) -> None:
    with pytest.raises(NondeterminismError):
        await Replayer(workflows=[changed]).replay_workflow(history_of(scene))


@pytest.mark.parametrize("scene", RECORDED)
async def test_a_variant_without_a_change_replays(scene: str) -> None:
    await Replayer(workflows=[UnchangedDemo, UnchangedApproval]).replay_workflow(history_of(scene))


@pytest.mark.parametrize("scene", RECORDED)
def test_a_recorded_run_tells_nothing_about_the_machine(scene: str) -> None:
    text = file_of(scene).read_text()
    assert not re.search(r"/(root|home|Users|tmp|var|usr|opt|work)/", text)
    assert '"stackTrace"' not in text
    identities = set(re.findall(r'"identity": "([^"]*)"', text))
    assert identities <= {"recorder", "worker@host/1", "worker@host/2"}


def test_a_history_is_freed_of_hosts_processes_and_stack_traces() -> None:
    first, second = (f"worker@{platform.node()}/{pid}-0123abcd" for pid in (7, 8))
    history = {
        "events": [{"identity": first, "stackTrace": "/x"}, {"queue": f"{second}-q"}, {"again": first}]
    }
    assert json.loads(without_machine(json.dumps(history))) == {
        "events": [{"identity": "worker@host/1"}, {"queue": "worker@host/2-q"}, {"again": "worker@host/1"}]
    }
