"""The digest of an input: equal for a retry across deploys, different for another input."""

import hashlib
from dataclasses import dataclass, field, fields, make_dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from temporal.messages.approval import ApprovalRequest
from temporal.messages.decision import Outcome, RecordDecisionInput
from temporal.store.digest import digest_of

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
requests = st.builds(
    ApprovalRequest,
    title=st.text(),
    requester=st.text(),
    details=st.dictionaries(st.text(), json_values, max_size=3),
    timeout_seconds=st.none() | st.floats(min_value=0),
)


@dataclass
class Inner:
    size: int = 1


@dataclass
class Outer:
    name: str
    inner: Inner = field(default_factory=Inner)


def test_the_digest_of_a_known_input_stays_what_releases_have_stored() -> None:
    text = b'{"fields":{"inner":{"fields":{"size":2},"type":"Inner"},"name":"a"},"type":"Outer"}'
    assert digest_of(Outer("a", Inner(size=2))) == f"v1:{hashlib.sha256(text).hexdigest()}"


@given(requests)
def test_equal_inputs_have_equal_digests(request: ApprovalRequest) -> None:
    again = ApprovalRequest(**{item.name: getattr(request, item.name) for item in fields(request)})
    assert digest_of(again) == digest_of(request)


@given(requests, requests)
def test_different_inputs_have_different_digests(one: ApprovalRequest, other: ApprovalRequest) -> None:
    assert (digest_of(one) == digest_of(other)) == (_exact(one) == _exact(other))


@given(requests, st.text(min_size=1))
def test_a_field_that_a_deploy_adds_with_a_default_keeps_the_digest(
    request: ApprovalRequest, value: str
) -> None:
    newer = make_dataclass(
        "ApprovalRequest", [("added", str, value)], bases=(ApprovalRequest,), frozen=True, kw_only=True
    )
    same = newer(**{item.name: getattr(request, item.name) for item in fields(request)})
    assert digest_of(same) == digest_of(request)
    assert digest_of(newer(title=request.title, added=f"{value}!")) != digest_of(same)


def test_a_field_that_a_deploy_adds_to_a_nested_message_keeps_the_digest() -> None:
    newer = make_dataclass("Inner", [("colour", str, "red")], bases=(Inner,))
    assert digest_of(Outer("a", newer(size=2))) == digest_of(Outer("a", Inner(size=2)))
    assert digest_of(Outer("a", newer(size=2, colour="blue"))) != digest_of(Outer("a", Inner(size=2)))


def test_inputs_of_different_types_have_different_digests() -> None:
    other = make_dataclass("Other", [("size", int, 1)])
    assert digest_of(other()) != digest_of(Inner())


def test_the_time_of_a_decision_does_not_count() -> None:
    def decided(at: str, by: str = "ann") -> str:
        return digest_of(
            RecordDecisionInput(
                approval_id="a",
                title="t",
                requester="r",
                outcome=Outcome.APPROVED,
                decided_by=by,
                decided_at=at,
            )
        )

    assert decided("2026-01-01T00:00:00+00:00") == decided("2026-01-02T00:00:00+00:00")
    assert decided("2026-01-01T00:00:00+00:00") != decided("2026-01-01T00:00:00+00:00", by="bob")


def test_a_number_counts_by_its_value_and_not_by_how_it_was_encoded() -> None:
    assert digest_of(ApprovalRequest(timeout_seconds=5)) == digest_of(ApprovalRequest(timeout_seconds=5.0))


def test_an_input_without_a_json_form_is_refused() -> None:
    with pytest.raises(TypeError):
        digest_of(ApprovalRequest(details={"when": object()}))


def _exact(value: Any) -> object:
    """A form in which True is not 1, but 1.0 is."""
    if isinstance(value, ApprovalRequest):
        return [_exact(getattr(value, item.name)) for item in fields(value)]
    if isinstance(value, dict):
        return {key: _exact(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_exact(item) for item in value]
    return (isinstance(value, bool), value)
