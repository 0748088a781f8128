"""What the gateway reads of the calls that pass by, and what the ledger then holds."""

import time
from datetime import timedelta

import pytest
from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import TaskQueueKind
from temporalio.api.query.v1 import WorkflowQuery
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    PollActivityTaskQueueRequest,
    PollActivityTaskQueueResponse,
    PollNexusTaskQueueRequest,
    PollNexusTaskQueueResponse,
    PollWorkflowTaskQueueRequest,
    PollWorkflowTaskQueueResponse,
    RecordActivityTaskHeartbeatResponse,
    RespondWorkflowTaskCompletedResponse,
    StartWorkflowExecutionRequest,
    StartWorkflowExecutionResponse,
)

from temporal.recovery import reading
from temporal.recovery.held import LEAST_SWEPT, HeldTask, Kind, Ledger
from temporal.recovery.upstream import SERVICE

STICKY = TaskQueue(name="mine", normal_name="orders", kind=TaskQueueKind.TASK_QUEUE_KIND_STICKY)
NORMAL = TaskQueue(name="orders", kind=TaskQueueKind.TASK_QUEUE_KIND_NORMAL)


def workflow_poll(queue: TaskQueue = NORMAL) -> reading.Poll:
    request = PollWorkflowTaskQueueRequest(
        namespace="shop", task_queue=queue, identity="me", worker_instance_key="key"
    )
    return reading.read_poll(reading.WORKFLOW_POLL, request.SerializeToString())


def activity_poll() -> reading.Poll:
    request = PollActivityTaskQueueRequest(namespace="shop", task_queue=NORMAL, identity="me")
    return reading.read_poll(reading.ACTIVITY_POLL, request.SerializeToString())


def seconds(count: float) -> Duration:
    duration = Duration()
    duration.FromTimedelta(timedelta(seconds=count))
    return duration


def test_a_sticky_poll_tells_both_queues_of_its_worker() -> None:
    poll = workflow_poll(STICKY)
    assert (poll.key.queue, poll.key.sticky) == ("mine", True)
    assert (poll.normal.queue, poll.normal.sticky) == ("orders", False)
    assert (poll.poller.queue, poll.poller.sticky_queue) == ("orders", "mine")
    assert (poll.poller.identity, poll.poller.instance_key) == ("me", "key")


def test_polls_of_other_versions_have_other_keys() -> None:
    request = PollWorkflowTaskQueueRequest(namespace="shop", task_queue=NORMAL)
    request.deployment_options.build_id = "2"
    newer = reading.read_poll(reading.WORKFLOW_POLL, request.SerializeToString())
    assert newer.key != workflow_poll().key
    assert newer.deployment.build_id == "2"


@pytest.mark.parametrize("response", [b"", PollWorkflowTaskQueueResponse(attempt=1).SerializeToString()])
def test_an_empty_answer_brings_no_task(response: bytes) -> None:
    assert reading.task_in(workflow_poll(), response) is None


def test_a_workflow_task_is_held_by_its_token_for_the_normal_queue() -> None:
    response = PollWorkflowTaskQueueResponse(task_token=b"t", attempt=3).SerializeToString()
    task = reading.task_in(workflow_poll(STICKY), response)
    assert task is not None
    assert (task.kind, task.token, task.attempt, task.key.queue) == (Kind.WORKFLOW, b"t", 3, "orders")
    assert task.raw == b""


def test_a_query_is_held_as_it_came() -> None:
    response = PollWorkflowTaskQueueResponse(
        task_token=b"q", query=WorkflowQuery(query_type="get_status")
    ).SerializeToString()
    task = reading.task_in(workflow_poll(), response)
    assert task is not None
    assert (task.kind, task.raw) == (Kind.QUERY, response)


def test_an_activity_expires_with_the_shorter_of_its_limits() -> None:
    response = PollActivityTaskQueueResponse(
        task_token=b"a",
        attempt=2,
        start_to_close_timeout=seconds(60),
        schedule_to_close_timeout=seconds(5),
    )
    response.activity_type.name = "pack"
    task = reading.task_in(activity_poll(), response.SerializeToString())
    assert task is not None
    assert (task.kind, task.activity, task.attempt) == (Kind.ACTIVITY, "pack", 2)
    assert task.expires <= time.monotonic() + 5


def test_a_nexus_task_is_held() -> None:
    method = SERVICE + "PollNexusTaskQueue"
    request = PollNexusTaskQueueRequest(namespace="shop", task_queue=NORMAL).SerializeToString()
    response = PollNexusTaskQueueResponse(task_token=b"n").SerializeToString()
    task = reading.task_in(reading.read_poll(method, request), response)
    assert task is not None
    assert task.kind is Kind.NEXUS


def test_a_completed_task_may_bring_the_next_one_and_eager_activities() -> None:
    reply = RespondWorkflowTaskCompletedResponse(
        workflow_task=PollWorkflowTaskQueueResponse(task_token=b"next"),
        activity_tasks=[PollActivityTaskQueueResponse(task_token=b"eager")],
    )
    found = list(
        reading.tasks_in_reply(reading.COMPLETED, b"", reply.SerializeToString(), workflow_poll(STICKY))
    )
    assert [(task.kind, task.token) for task in found] == [
        (Kind.WORKFLOW, b"next"),
        (Kind.ACTIVITY, b"eager"),
    ]
    assert found[1].key == activity_poll().normal


@pytest.mark.parametrize("eager", [True, False])
def test_an_eager_start_brings_a_task_only_where_it_was_asked_for(eager: bool) -> None:
    request = StartWorkflowExecutionRequest(request_eager_execution=eager).SerializeToString()
    response = StartWorkflowExecutionResponse(
        eager_workflow_task=PollWorkflowTaskQueueResponse(task_token=b"first")
    ).SerializeToString()
    found = list(reading.tasks_in_reply(reading.START, request, response, workflow_poll()))
    assert [task.token for task in found] == ([b"first"] if eager else [])


def test_a_heartbeats_answer_may_ask_for_the_end() -> None:
    asked = RecordActivityTaskHeartbeatResponse(cancel_requested=True)
    assert reading.cancel_requested(asked.SerializeToString())
    assert not reading.cancel_requested(b"")


def test_what_was_answered_or_has_expired_is_not_held() -> None:
    ledger, poll = Ledger(), workflow_poll()
    for token in (b"answered", b"expired", b"held"):
        ledger.take(HeldTask(Kind.WORKFLOW, token, poll.normal, poll.deployment))
    ledger.end(b"answered")
    ledger.tasks[b"expired"].expires = time.monotonic()
    assert [task.token for task in ledger.held()] == [b"held"]


def test_a_ledger_does_not_grow_by_what_its_worker_never_answers() -> None:
    ledger, poll = Ledger(), workflow_poll()
    for number in range(10 * LEAST_SWEPT):
        expired = HeldTask(Kind.WORKFLOW, str(number).encode(), poll.normal, poll.deployment)
        expired.expires = time.monotonic()
        ledger.take(expired)
    assert len(ledger.tasks) <= 2 * LEAST_SWEPT


def test_a_task_whose_answer_is_under_way_is_not_held_until_the_answer_fails() -> None:
    ledger, poll = Ledger(), workflow_poll()
    ledger.take(HeldTask(Kind.WORKFLOW, b"t", poll.normal, poll.deployment))
    ledger.answers(b"t")
    assert ledger.held() == []
    ledger.not_answered(b"t")
    assert [task.token for task in ledger.held()] == [b"t"]


def test_one_worker_is_one_poller_whatever_it_polls_first() -> None:
    ledger = Ledger()
    for poll in (workflow_poll(), workflow_poll(STICKY), workflow_poll()):
        ledger.saw_poll(poll.poller)
    assert {poller.sticky_queue for poller in ledger.pollers.values()} == {"mine"}


def test_a_query_on_a_dead_sticky_queue_is_for_a_poll_of_the_normal_one() -> None:
    poll = workflow_poll(STICKY)
    answer = PollWorkflowTaskQueueResponse(task_token=b"t", query=WorkflowQuery(query_type="q"))
    task = reading.task_for_another(poll.key, answer.SerializeToString())
    assert task is not None
    assert task.kind is Kind.QUERY
    assert task.key == workflow_poll().key
    assert task.raw == answer.SerializeToString()
