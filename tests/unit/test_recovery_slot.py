"""A slot through deaths and renewals in every order: one worker serves, and none is forgotten."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from temporal.command_line import CommandError
from temporal.recovery import slot as module
from temporal.recovery.death import Cause, Death, cause_of
from temporal.recovery.slot import Slot
from temporal.recovery.worker_life import WorkerLife


class Life(WorkerLife):
    """A worker that lives and dies as the test says, without a process."""

    def __init__(self, slot: int) -> None:
        self.slot = slot
        self.draining = False
        self.serves = False
        self.end: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.drains_asked = 0

    @property
    def polled(self) -> bool:
        return self.serves

    def drain(self) -> None:
        self.draining = True
        self.drains_asked += 1

    def kill(self) -> None:
        if not self.end.done():
            self.end.set_result(-9)

    async def run(self) -> Death:
        code = await self.end
        cause = cause_of(code, draining=self.draining)
        return Death(self.slot, 1, datetime.now(UTC), cause, code, self.serves, seconds=60.0)


class Stage:
    """A slot, the lives it started, and how they ended."""

    def __init__(self) -> None:
        self.lives: list[Life] = []
        self.deaths: list[Death] = []
        self.slot = Slot(1, 2, self.start, self.deaths.append)
        self.keeping = asyncio.create_task(self.slot.keep())

    def start(self, number: int) -> Life:
        self.lives.append(Life(number))
        return self.lives[-1]

    async def serving(self, count: int) -> Life:
        """Waits for so many lives to have been started; the last one serves from now on."""
        await until(lambda: len(self.lives) == count)
        self.lives[-1].serves = True
        return self.lives[-1]

    @property
    def living(self) -> list[Life]:
        return [life for life in self.lives if not life.end.done()]


async def until(reached: object) -> None:
    assert callable(reached)
    async with asyncio.timeout(10):
        while not reached():
            await asyncio.sleep(0.001)


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    made = Stage()
    yield made
    made.slot.stop(forced=True)
    await asyncio.wait([made.keeping])


async def test_a_dead_worker_is_replaced(stage: Stage) -> None:
    (await stage.serving(1)).end.set_result(-9)
    await stage.serving(2)
    assert [death.cause for death in stage.deaths] == [Cause.SIGNAL]


async def test_a_renewal_drains_the_old_one_only_when_the_new_one_serves(stage: Stage) -> None:
    old = await stage.serving(1)
    renewing = asyncio.create_task(stage.slot.renew())
    await until(lambda: len(stage.lives) == 2)
    await asyncio.sleep(0.1)
    assert not old.draining
    new = await stage.serving(2)
    await until(lambda: old.draining)
    old.end.set_result(0)
    assert await renewing
    assert stage.living == [new]
    assert [old.slot, new.slot] == [1, 3]


async def test_a_new_worker_that_dies_while_the_old_one_drains_is_replaced_at_once(stage: Stage) -> None:
    old = await stage.serving(1)
    renewing = asyncio.create_task(stage.slot.renew())
    new = await stage.serving(2)
    await until(lambda: old.draining)
    new.end.set_result(-9)
    third = await stage.serving(3)
    old.end.set_result(0)
    assert await renewing
    assert stage.living == [third]


async def test_an_old_worker_that_dies_during_its_renewal_leaves_one_successor(stage: Stage) -> None:
    old = await stage.serving(1)
    renewing = asyncio.create_task(stage.slot.renew())
    await until(lambda: len(stage.lives) == 2)
    old.end.set_result(-9)
    await until(lambda: len(stage.lives) == 3)  # its successor, beside the renewal's
    stage.lives[1].serves = True
    await until(lambda: stage.lives[1].draining)
    stage.lives[1].end.set_result(0)
    assert await renewing
    assert stage.living == [stage.lives[2]]
    stage.lives[2].serves = True
    stage.lives[2].end.set_result(-9)
    await stage.serving(4)  # and it is watched


async def test_a_new_worker_that_does_not_serve_leaves_the_old_one(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "RENEWAL_SECONDS", 0.05)
    old = await stage.serving(1)
    renewing = asyncio.create_task(stage.slot.renew())
    await until(lambda: len(stage.lives) == 2)
    await until(lambda: stage.lives[1].draining)
    stage.lives[1].end.set_result(0)
    assert not await renewing
    assert stage.living == [old]
    assert not old.draining


async def test_a_slot_ends_when_its_last_worker_has(stage: Stage) -> None:
    life = await stage.serving(1)
    stage.slot.stop(forced=False)
    await until(lambda: life.draining)
    assert not stage.keeping.done()
    life.end.set_result(0)
    await stage.keeping
    assert [death.cause for death in stage.deaths] == [Cause.DRAINED]


async def test_workers_that_never_serve_are_given_up(stage: Stage) -> None:
    for number in range(1, module.MOST_FAILURES + 1):
        await until(lambda number=number: len(stage.lives) == number)
        stage.lives[-1].end.set_result(3)
    with pytest.raises(CommandError, match="5 workers in a row failed, the last one with exit 3"):
        await stage.keeping
