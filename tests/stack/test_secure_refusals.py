"""Who may call Temporal: the right certificate and the right token together, and no other combination."""

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from google.protobuf.duration_pb2 import Duration
from google.protobuf.message import Message
from temporalio.api.common.v1 import WorkflowType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import (
    DescribeNamespaceRequest,
    DescribeTaskQueueRequest,
    ListNamespacesRequest,
    RegisterNamespaceRequest,
    ResetStickyTaskQueueRequest,
    StartWorkflowExecutionRequest,
)
from temporalio.service import RPCStatusCode

from temporal.certs.issue import Issued, issue, new_authority, new_key, read_key
from temporal.certs.plan import CERTIFICATES, ROLES, Certificate, Role
from temporal.certs.tokens import new_token
from temporal.recovery.upstream import is_final
from tests.stack.secure_stack import REFUSED_BEFORE_A_WORD, SecureStack, Shown

pytest_plugins = ["tests.stack.secure_fixtures"]
pytestmark = pytest.mark.stack

DENIED = RPCStatusCode.PERMISSION_DENIED
OK = RPCStatusCode.OK
STARTER = next(role for role in ROLES if role.name == "starter")
ITS_CERTIFICATE = next(each for each in CERTIFICATES if each.file == "starter/client")


def start() -> StartWorkflowExecutionRequest:
    """Asks for a workflow that nobody runs."""
    return StartWorkflowExecutionRequest(
        namespace="default",
        workflow_id=f"refusals-{uuid.uuid4().hex}",
        workflow_type=WorkflowType(name="Nobodys"),
        task_queue=TaskQueue(name="nobodys"),
        workflow_run_timeout=Duration(seconds=60),
        request_id=uuid.uuid4().hex,
    )


def certificate_of(stack: SecureStack, wanted: Certificate, days: float = 1) -> Issued:
    return issue(wanted, stack.authority("clients"), days)


CERTIFICATES_SHOWN: dict[str, Callable[[SecureStack], Issued | None]] = {
    "right": lambda stack: stack.issued("starter/client"),
    "none": lambda stack: None,
    "of another authority": lambda stack: issue(ITS_CERTIFICATE, new_authority("clients"), 1),
    "expired": lambda stack: certificate_of(stack, ITS_CERTIFICATE, days=-1),
    "of a server": lambda stack: stack.issued("postgresql/server"),
    "of a member of the cluster": lambda stack: stack.issued("temporal-server/internode"),
    "that no client may show": lambda stack: certificate_of(
        stack, replace(ITS_CERTIFICATE, calls=False, serves=True)
    ),
}

SIGNING_KEY = "authorities/tokens.key"


def signed(stack: SecureStack, role: Role, days: float = 1, namespace: str = "default") -> str:
    return new_token(role, namespace, read_key((stack.certs.path / SIGNING_KEY).read_bytes()), days)


def unsigned(stack: SecureStack) -> str:
    header, payload, _ = stack.token("starter").split(".")
    return f"{header}.{payload}.{signed(stack, STARTER, days=2).split('.')[2]}"


TOKENS_SHOWN: dict[str, Callable[[SecureStack], str]] = {
    "right": lambda stack: stack.token("starter"),
    "none": lambda stack: "",
    "nonsense": lambda stack: "nonsense",
    "signed by another key": lambda stack: new_token(STARTER, "default", new_key(), 1),
    "with another's signature": unsigned,
    "expired": lambda stack: signed(stack, STARTER, days=-1),
    "of the reader": lambda stack: stack.token("reader"),
    "for another namespace": lambda stack: signed(stack, STARTER, namespace="other"),
    "without a permission": lambda stack: signed(stack, replace(STARTER, permissions=())),
}


@pytest.mark.parametrize("token", TOKENS_SHOWN)
@pytest.mark.parametrize("certificate", CERTIFICATES_SHOWN)
async def test_only_the_right_certificate_with_the_right_token_starts_a_workflow(
    secure: SecureStack, certificate: str, token: str
) -> None:
    shown = Shown(CERTIFICATES_SHOWN[certificate](secure), TOKENS_SHOWN[token](secure))

    answer = await secure.call(secure.connection(shown), "StartWorkflowExecution", start())

    let_in, allowed = certificate == "right", (certificate, token) == ("right", "right")
    assert answer.code == (OK if allowed else DENIED if let_in else REFUSED_BEFORE_A_WORD)
    assert (answer.response is not None) == allowed


async def test_the_token_alone_says_what_a_client_may(secure: SecureStack) -> None:
    others = Shown(secure.issued("reader/client"), secure.token("starter"))

    answer = await secure.call(secure.connection(others), "StartWorkflowExecution", start())

    assert answer.code == OK  # as docs/secure.md says: Temporal's own mapper binds no token to a certificate


CALLS: dict[str, tuple[str, Message]] = {
    "look": ("DescribeNamespace", DescribeNamespaceRequest(namespace="default")),
    "look at others": ("DescribeNamespace", DescribeNamespaceRequest(namespace="temporal-system")),
    "list namespaces": ("ListNamespaces", ListNamespacesRequest()),
    "see pollers": (
        "DescribeTaskQueue",
        DescribeTaskQueueRequest(namespace="default", task_queue=TaskQueue(name="default")),
    ),
    "start": ("StartWorkflowExecution", start()),
    "act as a worker": ("ResetStickyTaskQueue", ResetStickyTaskQueueRequest(namespace="default")),
    "make a namespace": ("RegisterNamespace", RegisterNamespaceRequest(namespace="no name !")),
}
LOOKS = {"look", "see pollers"}
MAY = {
    "reader": {*LOOKS, "look at others", "list namespaces"},
    "worker": {*LOOKS, "start", "act as a worker"},
    "starter": {*LOOKS, "start", "act as a worker"},
    "admin": {*CALLS},
}
"""What each role may. To start and to act as a worker are one right to Temporal's own authorizer."""


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("role", MAY)
async def test_a_role_may_do_what_it_is_for_and_no_more(secure: SecureStack, role: str, call: str) -> None:
    method, request = CALLS[call]

    answer = await secure.call(secure.connection(secure.shown(role)), method, request)

    # A request that makes no sense is refused for that, once its caller may make it.
    assert (answer.code != DENIED) == (call in MAY[role]), answer.details
    assert is_final(answer)
