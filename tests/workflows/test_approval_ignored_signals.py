"""Signals that change nothing in `ApprovalWorkflow`: never an error, always shown in the status, with why."""

import asyncio
import itertools
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload
from temporalio.common import RawValue

from temporal.messages.approval import ApprovalPhase
from temporal.workflows.decision_intake import MAX_IGNORED_KEPT
from tests.workflows.observed import POLL_SECONDS, approval_in, approval_status
from tests.workflows.stage import ApprovalHandle, Stage

ANA = {"approver": "ana"}
ENCODED = json.dumps(ANA).encode()


def raw(encoding: bytes, data: bytes) -> RawValue:
    """A payload as another client might send it."""
    return RawValue(Payload(metadata={"encoding": encoding} if encoding else {}, data=data))


async def assert_open_until_ana_decides(handle: ApprovalHandle, ignored: int) -> None:
    while (status := await approval_in(handle, ApprovalPhase.PENDING)).ignored_total < ignored:
        await asyncio.sleep(POLL_SECONDS)
    assert status.decision is None
    await handle.signal("approve", ANA)
    assert (await handle.result()).decision.decided_by == "ana"
    assert (await approval_status(handle)).ignored_total == ignored


WRONG_CONTENT: list[tuple[list[object], str]] = [
    ([], "payload: exactly one object, got 0 arguments"),
    ([ANA, ANA], "payload: exactly one object, got 2 arguments"),
    ([None], "payload: must be an object, not NoneType"),
    (["ana"], "payload: must be an object, not str"),
    ([[ANA]], "payload: must be an object, not list"),
    ([b"\x00\xff"], "payload: must be an object, not bytes"),
    ([{}], "approver: "),
    ([{"approver": None}], "approver: "),
    ([{"approver": 7}], "approver: "),
    ([{"approver": " \t"}], "approver: "),
    ([{"approver": "a" * 201}], "approver: "),
    ([{"approver": "ana\u0000"}], "approver: "),
    ([{"approver": "\ud800"}], "approver: "),
    ([{"approver": " TimeOut "}], "approver: 'timeout' is reserved"),
    ([{"approver": "ana", "comment": 1}], "comment: "),
    ([{"approver": "ana", "comment": None}], "comment: "),
    ([{"approver": "ana", "comment": "c" * 10_001}], "comment: "),
]
BROKEN: list[list[object]] = [
    [raw(b"json/plain", b"{not json")],
    [raw(b"json/plain", b"\xff\xfe")],
    [raw(b"json/plain", b"[" * 100_000)],
    [raw(b"json/protobuf", b"{}")],
    [raw(b"binary/encrypted", ENCODED)],
    [raw(b"", ENCODED)],
    [ANA, raw(b"json/plain", b"{")],
]
UNDECODABLE = [(arguments, "payload: cannot be decoded") for arguments in BROKEN]


@pytest.mark.parametrize("cases", [WRONG_CONTENT, UNDECODABLE], ids=["content", "undecodable"])
async def test_malformed_decisions_are_ignored_and_the_status_says_why(
    stage: Stage, cases: list[tuple[list[object], str]]
) -> None:
    handle = await stage.start_approval()
    names = itertools.cycle(["approve", "reject"])
    sent = [(next(names), arguments, reason) for arguments, reason in cases]
    for name, arguments, _ in sent:
        await handle.signal(name, args=arguments)
    await assert_open_until_ana_decides(handle, ignored=len(cases))

    for ignored, (name, arguments, reason) in zip((await approval_status(handle)).ignored, sent, strict=True):
        assert ignored.signal == name
        assert ignored.reason.startswith(reason), arguments


async def test_unknown_signals_are_ignored_and_named(stage: Stage) -> None:
    names = ["aprove", "Approve", "decide", "\u00fcnknown \N{GRINNING FACE}", "get_status", "run"]
    handle = await stage.start_approval()
    for name in names:
        await handle.signal(name, args=[ANA, raw(b"json/plain", b"{not json")])
    await assert_open_until_ana_decides(handle, ignored=len(names))
    ignored = (await approval_status(handle)).ignored
    assert [signal.signal for signal in ignored] == names
    assert {signal.reason for signal in ignored} == {"unknown signal; allowed: approve, reject"}


async def test_a_decision_with_more_than_is_asked_for_counts(stage: Stage) -> None:
    payload = {"approver": "  ana ", "comment": "", "client": {"version": 9}}
    handle = await stage.start_approval(signal="approve", payload=payload)
    assert (await handle.result()).decision.decided_by == "ana"


async def test_only_the_latest_ignored_signals_are_kept_and_all_are_counted(stage: Stage) -> None:
    handle = await stage.start_approval()
    total = MAX_IGNORED_KEPT + 5
    for number in range(total):
        await handle.signal(f"unknown-{number}")
    await handle.signal("approve", ANA)
    await handle.result()
    status = await approval_status(handle)
    assert status.ignored_total == total
    assert [ignored.signal for ignored in status.ignored] == [
        f"unknown-{number}" for number in range(5, total)
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
NOT_TEXT = JSON.filter(lambda value: not isinstance(value, str))
MALFORMED = st.one_of(
    st.lists(JSON.filter(lambda value: not isinstance(value, dict)), min_size=1, max_size=1),
    st.lists(JSON, max_size=3).filter(lambda arguments: len(arguments) != 1),
    st.fixed_dictionaries({"approver": NOT_TEXT}, optional={"comment": JSON}).map(lambda found: [found]),
    st.fixed_dictionaries({"approver": st.text(), "comment": NOT_TEXT}).map(lambda found: [found]),
    st.builds(
        raw, st.sampled_from([b"json/plain", b"", b"?"]), st.binary(max_size=9).map(b"\xff".__add__)
    ).map(lambda value: [value]),
)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    signals=st.lists(st.tuples(st.sampled_from(["approve", "reject"]), MALFORMED), min_size=15, max_size=40)
)
async def test_no_malformed_signal_decides_or_stops_a_request(
    stage: Stage, signals: list[tuple[str, list[object]]]
) -> None:
    handle = await stage.start_approval()
    for name, arguments in signals:
        await handle.signal(name, args=arguments)
    await assert_open_until_ana_decides(handle, ignored=len(signals))
