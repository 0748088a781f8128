"""What a load's figures are made of."""

import asyncio

from benchmarks.load.arrivals import Arrivals, offer
from benchmarks.load.parts import Step
from benchmarks.load.processes import Usage
from benchmarks.load.report import Measured, bars, percentile
from benchmarks.load.service import CLIENT, SERVER, WORKERS
from benchmarks.load.work import RefusedError


def step(
    *, acknowledged: int = 2, taken: int = 2, drained: float = 0.5, usage: dict[str, Usage] | None = None
) -> Step:
    arrivals = Arrivals(4.0, start_seconds=[0.01] * acknowledged, taken=[0.2] * taken)
    return Step(arrivals, 20.0, drained, usage or {})


def test_acknowledged_work_that_does_not_end_is_lost_and_breaks_the_bar() -> None:
    assert step().arrivals.lost == 0
    lossy = Measured(2, backlog=step(acknowledged=3))
    assert [bar.met for bar in bars(lossy)] == [False]


def test_a_rate_whose_work_piles_up_is_not_sustained() -> None:
    assert step(drained=1.0).sustained
    assert not step(drained=6.0).sustained


def test_what_fills_in_the_first_fifth_is_no_growth_and_what_goes_on_growing_is() -> None:
    flat = Usage(megabytes=[10.0, 90.0] + [100.0] * 8, files=[20] * 10)
    leaking = Usage(megabytes=[float(at) for at in range(100)], files=list(range(100)))
    assert list(flat.drift()) == [0, 0]
    assert list(leaking.drift()) == [60, 60]


def test_a_soak_whose_memory_or_files_grow_misses_its_bars() -> None:
    leaking = Usage(megabytes=[float(at) for at in range(100)], files=list(range(100)))
    missed = [bar.what for bar in bars(Measured(2, soak=step(usage={WORKERS: leaking}))) if not bar.met]
    assert missed == ["soak: growth of workers", "soak: more open files of workers"]


def test_what_saturates_is_a_part_of_the_service_and_not_the_load_generator() -> None:
    cores = {SERVER: 0.9, WORKERS: 0.5, CLIENT: 1.0}
    busiest = step(usage={role: Usage(cores=each) for role, each in cores.items()})
    assert busiest.saturates == (SERVER, 0.9)


def test_a_percentile_of_nothing_is_zero() -> None:
    assert percentile([], 0.5) == 0.0
    assert percentile([3.0, 1.0, 2.0], 0.99) == 3.0


class OneAtATime:
    """Work that is acknowledged one piece after another, or not taken."""

    mine, waits = "", 0.0

    def __init__(self, seconds: float, taken: int) -> None:
        self._seconds, self._left = seconds, taken
        self._free = asyncio.Lock()

    async def start(self) -> str:
        async with self._free:
            await asyncio.sleep(self._seconds)
            if not self._left:
                raise RefusedError("RESOURCE_EXHAUSTED")
            self._left -= 1
            return f"piece-{self._left}"


async def test_a_piece_is_timed_from_when_it_was_due_though_others_hold_it_up() -> None:
    shown = await offer(OneAtATime(0.1, taken=10), rate=100, seconds=0.1)
    assert sorted(shown.start_seconds)[-1] > 0.8  # it was sent on time, and waited for nine others
    assert len(shown.due) == 10


async def test_what_is_not_taken_is_counted_by_the_answer_and_is_not_lost() -> None:
    shown = await offer(OneAtATime(0.0, taken=4), rate=100, seconds=0.1)
    assert (len(shown.start_seconds), shown.refused) == (4, {"RESOURCE_EXHAUSTED": 6})
