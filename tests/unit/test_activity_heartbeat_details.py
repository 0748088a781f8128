"""What an attempt makes of the heartbeat before it: progress that can be, or the very beginning."""

import hashlib
import re

from hypothesis import given
from hypothesis import strategies as st

from temporal.activities.long_running import last_progress, next_link
from temporal.messages.work import WorkInput, WorkProgress

DIGESTS = st.binary(max_size=4).map(lambda data: hashlib.sha256(data).hexdigest())
WORKS = st.builds(WorkInput, subject=st.text(), units=st.integers(0, 100_000), unit_seconds=st.just(0.1))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | DIGESTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)
LIKE_PROGRESS = st.fixed_dictionaries({}, optional={"units_done": JSON, "chain": JSON, "more": JSON})


def beginning(work: WorkInput) -> WorkProgress:
    return WorkProgress(units_done=0, chain=hashlib.sha256(work.subject.encode()).hexdigest())


@given(work=WORKS, details=st.lists(JSON | LIKE_PROGRESS, max_size=3))
def test_whatever_a_heartbeat_held_the_progress_is_one_that_can_be(
    work: WorkInput, details: list[object]
) -> None:
    progress = last_progress(work, details)
    assert type(progress.units_done) is int
    assert 0 <= progress.units_done <= work.units
    assert re.fullmatch("[0-9a-f]{64}", progress.chain)
    if progress.units_done:
        assert isinstance(details[0], dict)
        assert details[0]["units_done"] == progress.units_done
        assert details[0]["chain"] == progress.chain
    else:
        assert progress == beginning(work)


@given(work=WORKS, data=st.data(), chain=DIGESTS)
def test_progress_within_the_work_is_taken_up(work: WorkInput, data: st.DataObject, chain: str) -> None:
    done = data.draw(st.integers(min(1, work.units), work.units))
    progress = last_progress(work, [{"units_done": done, "chain": chain}])
    assert progress == (WorkProgress(units_done=done, chain=chain) if done else beginning(work))


@given(work=WORKS, beyond=st.integers(1), chain=DIGESTS)
def test_progress_beyond_the_work_or_below_nothing_starts_again(
    work: WorkInput, beyond: int, chain: str
) -> None:
    for done in (work.units + beyond, -beyond, float(work.units), True, str(work.units), None):
        assert last_progress(work, [{"units_done": done, "chain": chain}]) == beginning(work)


def test_a_missing_or_doubled_heartbeat_starts_again() -> None:
    work = WorkInput(subject="tea", units=9, unit_seconds=0.1)
    told = {"units_done": 4, "chain": "a" * 64}
    assert last_progress(work, [told]).units_done == 4
    for details in ([], [told, told], [[told]], [{**told, "chain": "A" * 64}], [{**told, "chain": "a" * 63}]):
        assert last_progress(work, details) == beginning(work)


def test_a_link_is_the_digest_of_the_one_before() -> None:
    assert next_link("ab") == hashlib.sha256(b"ab").hexdigest()
