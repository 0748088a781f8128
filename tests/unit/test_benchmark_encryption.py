import pytest
from rich.console import Console

from benchmarks.encryption.report import bars, lost, tables
from benchmarks.encryption.workload import OFF, ON, STOCK, Sample, converters
from temporal.encryption.codec import ENCODING

ROUND = {STOCK: Sample(20, 100), OFF: Sample(20, 100), ON: Sample(19, 104)}


def test_a_share_is_taken_within_each_round_and_the_median_counts() -> None:
    slow = {mode: Sample(sample.throughput / 4, sample.cpu) for mode, sample in ROUND.items()}
    odd = {**ROUND, ON: Sample(10, 300)}
    assert lost([ROUND, slow, odd], ON) == pytest.approx([0.05, 0.05, 0.5])
    assert [bar.measured for bar in bars([ROUND, slow, odd])] == pytest.approx([5, 4])


def test_the_bars_are_missed_by_a_dear_encryption() -> None:
    assert all(bar.met for bar in bars([ROUND]))
    assert not any(bar.met for bar in bars([{**ROUND, ON: Sample(17, 120)}]))


def test_the_tables_show_every_mode() -> None:
    console = Console(width=200, record=True)
    console.print(*tables([ROUND, ROUND]))
    shown = console.export_text()
    assert all(mode in shown for mode in ROUND)


async def test_only_the_mode_that_says_so_encrypts() -> None:
    encodings = {
        mode: (await converter.encode(["x"]))[0].metadata["encoding"]
        for mode, converter in converters().items()
    }
    assert encodings == {STOCK: b"json/plain", OFF: b"json/plain", ON: ENCODING}
