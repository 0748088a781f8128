"""Authenticated trust: a decision counts only with the signature of the API over all that it says."""

from dataclasses import replace

import pytest

from temporal.messages.approval import ApprovalPhase
from temporal.messages.decide import DecideInput, Refusal, WithdrawInput, signed_bytes
from temporal.messages.decision import Outcome
from temporal.messages.signing import public_key_of, sign, verified
from temporal.workflows.approval_workflow import ApprovalWorkflow
from tests.workflows.deciding import (
    PRIVATE_KEY,
    SIGNED,
    approval,
    decide,
    laptop,
    refused,
    signed,
    withdraw,
)
from tests.workflows.observed import approval_in, approval_status
from tests.workflows.stage import ApprovalHandle, Stage

OTHER_KEY = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI="


async def opened(stage: Stage) -> ApprovalHandle:
    handle = await stage.request_approval(laptop(SIGNED))
    await approval_in(handle, ApprovalPhase.PENDING)
    return handle


async def test_a_signed_decision_counts(stage: Stage) -> None:
    handle = await opened(stage)
    await decide(handle, signed(handle, approval("ana", channel="api", comment="fine")))
    assert (await handle.result()).decision.decided_by == "ana"


async def test_a_decision_with_no_signature_or_a_wrong_one_is_not_allowed(stage: Stage) -> None:
    handle = await opened(stage)
    right = signed(handle, approval("ana"))
    await refused(handle, approval("ana"), Refusal.NOT_ALLOWED)
    for wrong in (
        replace(right, key_id="k2"),
        replace(right, signature=right.signature[:-4] + "AAA="),
        replace(right, signature="not base64"),
        replace(right, signature=""),
    ):
        await refused(handle, wrong, Refusal.NOT_ALLOWED)
    await decide(handle, right)
    assert (await handle.result()).decision.decided_by == "ana"


async def test_a_signature_vouches_for_no_other_content_and_no_other_request(stage: Stage) -> None:
    handle, other = await opened(stage), await opened(stage)
    right = signed(handle, approval("ana"))
    changes: list[DecideInput] = [
        replace(right, approver="bob"),
        replace(right, outcome=Outcome.REJECTED),
        replace(right, decision_id="another"),
        replace(right, comment="another"),
        replace(right, groups=["finance"]),
        replace(right, edited={"price": 1}),
        replace(right, channel="page"),
    ]
    for changed in changes:
        await refused(handle, changed, Refusal.NOT_ALLOWED)
    await refused(other, right, Refusal.NOT_ALLOWED)
    await decide(handle, right)
    await decide(other, signed(other, approval("ana")))


async def test_a_bare_signal_is_ignored_and_shown_and_a_signed_one_counts(stage: Stage) -> None:
    handle = await opened(stage)
    await handle.signal("approve", {"approver": "ana"})
    message = signed(handle, approval("ana", "d-1", channel="signal"))
    payload = {"decision_id": "d-1", "approver": "ana", "key_id": "k1", "signature": message.signature}
    await handle.signal("reject", payload)
    await handle.signal("approve", payload)
    decision = (await handle.result()).decision
    assert (decision.decided_by, decision.outcome, decision.channel) == ("ana", Outcome.APPROVED, "signal")
    ignored = (await approval_status(handle)).ignored
    assert [(signal.signal, signal.reason) for signal in ignored] == [
        ("approve", "the policy asks for a signature, and there is no valid one"),
        ("reject", "the policy asks for a signature, and there is no valid one"),
    ]


async def test_a_withdrawal_needs_a_signature_of_its_own(stage: Stage) -> None:
    handle = await opened(stage)
    message = WithdrawInput(withdrawal_id="w", by="rita", key_id="k1")
    approval_id = (await approval_status(handle)).approval_id
    with pytest.raises(Exception, match="Workflow update failed"):
        await withdraw(handle, "rita", "w")
    stolen = signed(handle, approval("rita", "w")).signature
    with pytest.raises(Exception, match="Workflow update failed"):
        await handle.execute_update(ApprovalWorkflow.withdraw, replace(message, signature=stolen))
    right = sign(PRIVATE_KEY, signed_bytes(approval_id, message))
    await handle.execute_update(ApprovalWorkflow.withdraw, replace(message, signature=right))
    assert (await handle.result()).decision.outcome is Outcome.WITHDRAWN


def test_a_signature_is_of_one_key_and_one_text() -> None:
    public, other = public_key_of(PRIVATE_KEY), public_key_of(OTHER_KEY)
    signature = sign(PRIVATE_KEY, b"text")
    assert verified(public, b"text", signature)
    assert not verified(other, b"text", signature)
    assert not verified(public, b"texts", signature)
    for key, text in (
        ("", signature),
        ("nonsense", signature),
        (public, ""),
        (public, "AAAA"),
        (public, "ä"),
    ):
        assert not verified(key, b"text", text)


def test_what_is_signed_is_the_same_bytes_whatever_later_versions_add() -> None:
    assert signed_bytes("approval/a/r", approval("ana", "d-1", edited={"b": 1, "a": "é"})) == (
        b'{"approval":"approval/a/r","kind":"durable-workflows/decide/1","says":{"approver":"ana",'
        b'"decision_id":"d-1","edited":{"a":"\\u00e9","b":1},"outcome":"approved"}}'
    )
    assert signed_bytes("approval/a/r", WithdrawInput(withdrawal_id="d-1", by="ana", signature="x")) == (
        b'{"approval":"approval/a/r","kind":"durable-workflows/withdraw/1","says":{"by":"ana",'
        b'"withdrawal_id":"d-1"}}'
    )
