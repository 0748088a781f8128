"""A policy on the command line: read as the message it is, and refused in one line when it is wrong."""

import pytest

from temporal.cli import start_workflow
from temporal.cli.typed_input import build_input
from temporal.command_line import USAGE, run_app
from temporal.messages.approval import ApprovalRequest
from temporal.messages.policy import ApprovalPolicy, OnTimeout

APPROVAL = ("approval", "--title", "T", "--requester", "R")


def test_a_policy_becomes_the_message_whether_in_the_input_or_an_option() -> None:
    policy = {"users": ["ana"], "on_timeout": "approve", "quorum": 1}
    expected = ApprovalPolicy(users=["ana"], on_timeout=OnTimeout.APPROVE)
    source = '{"title": "T", "requester": "R", "policy": {"users": ["ana"], "on_timeout": "approve"}}'
    assert build_input(ApprovalRequest, source, {}).policy == expected
    assert build_input(ApprovalRequest, source, {"policy": {"quorum": 2}}).policy == ApprovalPolicy(quorum=2)
    given = build_input(ApprovalRequest, None, {"title": "T", "requester": "R", "policy": policy})
    assert given.policy == expected


@pytest.mark.parametrize(
    ("policy", "named"),
    [
        ("[]", "--policy: must be a JSON object, not list"),
        ('{"user": ["ana"]}', "policy: unknown field 'user'"),
        ('{"quorum": 0}', "policy: quorum: from 1 to 100, got 0"),
        ('{"users": "ana"}', "policy: users: must be a list, not str"),
        ('{"trust": "sure"}', "policy: trust: allowed: open, authenticated"),
        ('{"on_timeout": ["approve"]}', "policy: on_timeout: allowed: reject, approve"),
    ],
)
def test_a_wrong_policy_is_one_line_that_names_the_field(
    policy: str, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_app(start_workflow.app, [*APPROVAL, "--policy", policy]) == USAGE
    output, errors = capsys.readouterr()
    [line] = errors.splitlines()
    assert output == ""
    assert named in line


def test_the_state_that_a_run_carries_to_the_next_is_no_input(capsys: pytest.CaptureFixture[str]) -> None:
    source = '{"carried": {"opened_at": "2026-01-01"}}'
    assert run_app(start_workflow.app, [*APPROVAL, "--input", source]) == USAGE
    assert "unknown field 'carried'; allowed: title, requester, details" in capsys.readouterr().err
