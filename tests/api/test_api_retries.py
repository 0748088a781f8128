"""The same key again: the first answer again, whatever happened since."""

import pytest

from tests.api.api_client import Api, asked, assert_problem, decided, ended, name

pytest_plugins = ["tests.api.api_fixtures"]


@pytest.mark.parametrize("after_the_end", [False, True], ids=["at-once", "after-the-end"])
async def test_the_same_key_again_gets_the_first_answer_again(api: Api, after_the_end: bool) -> None:
    ana, bob = await api.caller(name("ana")), await api.caller(name("bob"))
    approval = await asked(ana)

    first = await decided(bob, approval, key="once")
    if after_the_end:
        await ended(api, approval)
    again = await decided(bob, approval, key="once")

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()


@pytest.mark.parametrize("after_the_end", [False, True], ids=["at-once", "after-the-end"])
async def test_the_same_key_for_another_decision_is_refused(api: Api, after_the_end: bool) -> None:
    ana, bob = await api.caller(name("ana")), await api.caller(name("bob"))
    approval = await asked(ana)
    await decided(bob, approval, "approved", key="once")
    if after_the_end:
        await ended(api, approval)

    answer = await decided(bob, approval, "rejected", key="once")

    assert_problem(answer, 409, "decision-id-reused")
    assert (await ended(api, approval)).decision.outcome == "approved"


async def test_two_callers_with_the_same_key_do_not_meet(api: Api) -> None:
    ana, bob, eva = [await api.caller(name("caller")) for _ in range(3)]
    approval = await asked(ana, policy={"quorum": 2})

    first = await decided(bob, approval, key="1")
    second = await decided(eva, approval, key="1")

    assert (first.json()["verdict"], second.json()["verdict"]) == ("counted", "decided")
    assert len((await ended(api, approval)).votes) == 2
