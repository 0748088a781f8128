import asyncio
from collections import Counter

from services.api.update_queue import MAX_IN_FLIGHT, UpdateQueue
from temporal.store.audit import AuditKind, audit_of
from tests.api.api_client import Api, asked, decided, ended, name

pytest_plugins = ["tests.api.api_fixtures"]

DECIDERS = 100


async def test_a_hundred_deciders_at_once_make_one_outcome_and_all_are_told(api: Api) -> None:
    who = name("decider")
    ana = await api.caller(name("ana"))
    deciders = [await api.caller(f"{who}-{number}") for number in range(DECIDERS)]
    approval = await asked(ana)

    answers = await asyncio.gather(
        *(
            decided(client, approval, "approved" if number % 2 else "rejected")
            for number, client in enumerate(deciders)
        )
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: DECIDERS - 1}
    result = await ended(api, approval)
    winner = result.decision.decided_by
    assert len(result.votes) == 1
    assert {answer.json()["decision"]["decided_by"] for answer in answers} == {winner}
    shown = (await ana.get(f"/approvals/{approval}")).json()
    kinds = Counter(entry.kind for entry in audit_of(api.target.store, shown["approval_id"]))
    assert kinds == {AuditKind.VOTE: 1, AuditKind.OUTCOME: 1, AuditKind.REFUSAL: DECIDERS - 1}
    assert len(api.context.updates) == 0


async def test_a_quorum_of_all_who_decide_at_once_loses_no_vote(api: Api) -> None:
    number = 30
    ana = await api.caller(name("ana"))
    deciders = [await api.caller(name("decider")) for _ in range(number)]
    approval = await asked(ana, policy={"quorum": number})

    answers = await asyncio.gather(*(decided(client, approval, key="mine") for client in deciders))

    assert Counter(answer.json()["verdict"] for answer in answers) == {"counted": number - 1, "decided": 1}
    assert len((await ended(api, approval)).votes) == number


async def test_no_more_updates_are_under_way_than_the_server_takes() -> None:
    queue, under_way, most, done = UpdateQueue(), 0, 0, asyncio.Event()

    async def update() -> None:
        nonlocal under_way, most
        async with queue.turn("w"):
            under_way += 1
            most = max(most, under_way)
            await done.wait()
            under_way -= 1

    async with queue.turn("another"):
        updates = [asyncio.create_task(update()) for _ in range(3 * MAX_IN_FLIGHT)]
        while under_way < MAX_IN_FLIGHT:
            await asyncio.sleep(0)
        await asyncio.sleep(0)  # whoever else could enter has done so
        done.set()
        await asyncio.gather(*updates)

    assert most == MAX_IN_FLIGHT
    assert len(queue) == 0
