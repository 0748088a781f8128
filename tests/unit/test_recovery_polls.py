"""How workers' polls and the server's polls are joined: no task is lost, none goes to the wrong place."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from temporal.recovery.held import Ledger, PollKey
from temporal.recovery.http2.answer import Answer
from temporal.recovery.polls import Polls

KEY = PollKey(method="poll", namespace="default", queue="q", sticky=False, versions=b"", group="")
TASK = Answer(response=b"a task")
NOTHING = Answer(response=b"")


class Server:
    """Polls of a server that the test answers by hand, in the order in which they were opened."""

    def __init__(self) -> None:
        self.opened: list[asyncio.Future[Answer]] = []

    async def open(self) -> Answer:
        """Opens a poll."""
        poll: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self.opened.append(poll)
        return await poll


class Gateway:
    """The polls under test, with workers that poll through them."""

    def __init__(self) -> None:
        self.server = Server()
        self.unclaimed: list[Answer] = []
        self.polls = Polls(lambda key, answer: self.unclaimed.append(answer))
        self.running: list[asyncio.Task[Answer]] = []

    async def poll(self, worker: Ledger, key: PollKey = KEY) -> "asyncio.Task[Answer]":
        """Starts a worker's poll and returns once it waits."""
        task = asyncio.create_task(self.polls.poll(worker, key, self.server.open))
        self.running.append(task)
        await settle()
        return task

    async def die(self, worker: Ledger, *polls: "asyncio.Task[Answer]") -> None:
        """Kills a worker: its calls are cancelled, then its death is known."""
        for poll in polls:
            poll.cancel()
        worker.dead = True
        self.polls.abandon(worker)
        await settle()


async def settle() -> None:
    """Lets everything run that can."""
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    made = Gateway()
    yield made
    for task in [*made.running, *made.server.opened]:
        task.cancel()
    await settle()


async def test_an_answer_goes_to_the_poll_that_opened_it(gateway: Gateway) -> None:
    first, second = await gateway.poll(Ledger()), await gateway.poll(Ledger())
    gateway.server.opened[1].set_result(TASK)
    assert await second == TASK
    assert not first.done()


async def test_the_answer_to_a_dead_workers_poll_goes_to_a_waiting_poll(gateway: Gateway) -> None:
    dead = Ledger()
    lost, waiting = await gateway.poll(dead), await gateway.poll(Ledger())
    await gateway.die(dead, lost)
    gateway.server.opened[0].set_result(TASK)
    assert await waiting == TASK


async def test_the_next_poll_takes_a_dead_workers_poll_over(gateway: Gateway) -> None:
    dead = Ledger()
    await gateway.die(dead, await gateway.poll(dead))
    successor = await gateway.poll(Ledger())
    assert len(gateway.server.opened) == 1
    gateway.server.opened[0].set_result(TASK)
    assert await successor == TASK


async def test_an_answer_that_nobody_waits_for_is_kept_for_the_next_poll(gateway: Gateway) -> None:
    dead = Ledger()
    await gateway.die(dead, await gateway.poll(dead))
    gateway.server.opened[0].set_result(TASK)
    await settle()
    assert await (await gateway.poll(Ledger())) == TASK
    assert len(gateway.server.opened) == 1


@pytest.mark.parametrize(
    "other",
    [
        replace(KEY, method="other"),
        replace(KEY, namespace="other"),
        replace(KEY, queue="other"),
        replace(KEY, versions=b"2"),
        replace(KEY, group="other"),
    ],
)
async def test_a_poll_with_another_key_never_gets_the_answer(gateway: Gateway, other: PollKey) -> None:
    dead = Ledger()
    lost, stranger = await gateway.poll(dead), await gateway.poll(Ledger(), other)
    await gateway.die(dead, lost)
    gateway.server.opened[0].set_result(TASK)
    await settle()
    assert not stranger.done()


async def test_a_task_of_a_dead_workers_sticky_queue_is_reported_unclaimed(gateway: Gateway) -> None:
    dead = Ledger()
    await gateway.die(dead, await gateway.poll(dead, replace(KEY, sticky=True)))
    gateway.server.opened[0].set_result(TASK)
    await settle()
    assert gateway.unclaimed == [TASK]


async def test_an_answer_that_comes_as_the_worker_goes_is_not_lost(gateway: Gateway) -> None:
    dead = Ledger()
    lost, waiting = await gateway.poll(dead), await gateway.poll(Ledger())
    gateway.server.opened[0].set_result(TASK)
    await asyncio.sleep(0)  # the answer is on its way to the handler, which is then cancelled
    await gateway.die(dead, lost)
    if lost.cancelled():
        assert await waiting == TASK
    else:
        assert await lost == TASK


@pytest.mark.parametrize("answer", [NOTHING, Answer(response=None, details="unavailable")])
async def test_an_answer_without_a_task_is_not_passed_on(gateway: Gateway, answer: Answer) -> None:
    dead = Ledger()
    lost, waiting = await gateway.poll(dead), await gateway.poll(Ledger())
    await gateway.die(dead, lost)
    gateway.server.opened[0].set_result(answer)
    await settle()
    assert not waiting.done()


async def test_a_living_workers_cancellation_is_passed_to_the_server(gateway: Gateway) -> None:
    poll = await gateway.poll(Ledger())
    poll.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gateway.server.opened[0]


async def test_a_dead_workers_cancellation_is_not(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("temporal.recovery.polls.CANCEL_SECONDS", 0)
    dead = Ledger()
    await gateway.die(dead, await gateway.poll(dead))
    await asyncio.sleep(0.01)
    assert not gateway.server.opened[0].cancelled()


async def test_a_handed_over_answer_goes_to_exactly_one_poll(gateway: Gateway) -> None:
    polls = [await gateway.poll(Ledger()) for _ in range(3)]
    gateway.polls.offer(KEY, TASK)
    await settle()
    assert [poll.done() for poll in polls] == [True, False, False]
    gateway.server.opened[0].set_result(Answer(response=b"another"))  # its waiter has its answer already
    await settle()
    assert [poll.done() for poll in polls] == [True, True, False]


async def test_a_poll_that_is_being_cancelled_is_not_taken_over(
    gateway: Gateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("temporal.recovery.polls.CANCEL_SECONDS", 0.0)
    first = await gateway.poll(Ledger())
    first.cancel()
    await asyncio.sleep(0.001)  # its poll of the server is on its way to be cancelled
    second = await gateway.poll(Ledger())
    gateway.server.opened[-1].set_result(TASK)
    assert await second == TASK
    assert len(gateway.server.opened) == 2


async def test_what_goes_wrong_with_a_poll_reaches_whoever_waits(gateway: Gateway) -> None:
    poll = await gateway.poll(Ledger())
    gateway.server.opened[0].set_exception(UnicodeError("no name"))
    with pytest.raises(UnicodeError):
        await poll
