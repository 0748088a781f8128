import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from temporal.messages.decision import TIMEOUT_APPROVER, signal_problems
from temporal.messages.validation import MAX_NAME_CHARACTERS, MAX_TEXT_CHARACTERS

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
near_decisions = st.fixed_dictionaries(
    {},
    optional={
        "approver": json_values | st.sampled_from(["ada", "timeout", " Timeout ", "", " ", "a\nb"]),
        "comment": json_values | st.sampled_from(["why", "", "a\nb", "a\0b", None]),
        "of_a_newer_version": json_values,
    },
)


def counts(payload: dict[str, object]) -> bool:
    """What `signal_problems` promises of a decision that counts, told independently."""
    approver, comment = payload["approver"], payload.get("comment", "")
    assert isinstance(approver, str)
    assert isinstance(comment, str)
    one_line = len(approver.splitlines()) == 1
    return one_line and approver.strip().lower() not in ("", "timeout") and "\0" not in approver + comment


@settings(deadline=None, max_examples=300)
@given(payloads=st.lists(json_values | near_decisions, max_size=3))
@example(payloads=[{"approver": "\ud800"}])
@example(payloads=[{"approver": "ada", "comment": None}])
def test_any_json_is_a_decision_that_counts_or_lines_that_say_why_not(payloads: list[object]) -> None:
    problems = signal_problems(payloads)

    if problems:
        assert all(problem and problem.isprintable() for problem in problems)
    else:
        [payload] = payloads
        assert isinstance(payload, dict)
        assert counts(payload)


@settings(deadline=None)
@given(
    approver=st.text(
        st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=MAX_NAME_CHARACTERS
    ).filter(lambda name: name.lower() != TIMEOUT_APPROVER),
    comment=st.text(st.characters(categories=["L", "N", "P", "S", "Zs"])),
    other=json_values,
)
def test_an_approver_and_any_comment_count_whatever_else_is_sent(
    approver: str, comment: str, other: object
) -> None:
    assert signal_problems([{"approver": approver, "comment": comment, "of_a_newer_version": other}]) == []


def test_a_comment_may_be_left_out() -> None:
    assert signal_problems([{"approver": "ada"}]) == []


@pytest.mark.parametrize("name", [TIMEOUT_APPROVER, "TIMEOUT", " timeout", "Timeout  "])
def test_no_person_may_be_called_as_the_timeout_is(name: str) -> None:
    [problem] = signal_problems([{"approver": name}])

    assert problem.startswith("approver: ")


@pytest.mark.parametrize("name", ["timeouts", "time out", "timeout2"])
def test_a_name_that_only_resembles_it_is_allowed(name: str) -> None:
    assert signal_problems([{"approver": name}]) == []


@pytest.mark.parametrize(
    ("payloads", "field"),
    [
        ([], "payload"),
        ([{"approver": "ada"}, {"approver": "ada"}], "payload"),
        ([None], "payload"),
        (["ada"], "payload"),
        ([["ada"]], "payload"),
        ([{}], "approver"),
        ([{"approver": None}], "approver"),
        ([{"approver": " "}], "approver"),
        ([{"approver": 7}], "approver"),
        ([{"approver": "two\nlines"}], "approver"),
        ([{"approver": "x" * (MAX_NAME_CHARACTERS + 1)}], "approver"),
        ([{"approver": "ada", "comment": 7}], "comment"),
        ([{"approver": "ada", "comment": "\0"}], "comment"),
        ([{"approver": "ada", "comment": "x" * (MAX_TEXT_CHARACTERS + 1)}], "comment"),
    ],
)
def test_a_payload_that_is_no_decision_is_named_by_what_is_wrong(payloads: list[object], field: str) -> None:
    [problem] = signal_problems(payloads)

    assert problem.startswith(f"{field}: ")


def test_every_fault_of_a_payload_is_listed_at_once() -> None:
    assert len(signal_problems([{"approver": "", "comment": 7}])) == 2
