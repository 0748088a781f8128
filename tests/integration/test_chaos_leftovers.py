"""However the harness ends, nothing of it stays; after its own SIGKILL the next one cleans up."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from temporal.chaos import leftovers
from temporal.chaos.leftovers import HARNESS_VARIABLE, MANIFEST, Harness, clean_up_after_the_dead, home
from temporal.chaos.observation import until
from temporal.chaos.processes import is_alive, marked

ROOT = Path(__file__).parents[2]
LONG = ["--scenario", "kill-mid-sleep", "--stock", "--runs", "20", "--seed", "1"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of the test's own: other harnesses on the machine keep theirs."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def harness(folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A harness at work, as a process."""
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "scripts" / "chaos_test.py"), *LONG],
        env={**os.environ, "TMPDIR": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield process
    if process.poll() is None:
        process.kill()
    process.wait()
    clean_up_after_the_dead()


async def at_work(folder: Path) -> list[psutil.Process]:
    """Waits until the harness has an engine and a worker, and returns all of its processes."""

    async def reached() -> bool:
        return len(of_harness(folder)) > 1

    await until("the harness has an engine and a worker", reached)
    return of_harness(folder)


def of_harness(folder: Path) -> list[psutil.Process]:
    names = [one.name for one in home().iterdir()] if home().exists() else []
    return [process for name in names for process in marked(name, HARNESS_VARIABLE)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
async def test_an_interrupted_harness_takes_everything_with_it(
    folder: Path, harness: "subprocess.Popen[bytes]", number: signal.Signals
) -> None:
    processes = await at_work(folder)
    harness.send_signal(number)
    assert harness.wait() == 1
    assert not any(is_alive(process) for process in processes)
    assert list(home().iterdir()) == []


async def test_after_its_own_sigkill_the_next_harness_cleans_up(
    folder: Path, harness: "subprocess.Popen[bytes]"
) -> None:
    processes = await at_work(folder)
    harness.kill()
    harness.wait()
    assert any(is_alive(process) for process in processes)
    with Harness() as next_one:
        assert [one.name for one in home().iterdir()] == [next_one.id]
        assert not any(is_alive(process) for process in processes)
    assert list(home().iterdir()) == []


async def test_a_harness_that_lives_is_left_alone(folder: Path, harness: "subprocess.Popen[bytes]") -> None:
    await at_work(folder)
    assert clean_up_after_the_dead() == []
    assert of_harness(folder)


def test_a_folder_whose_harness_never_wrote_its_name_goes_when_it_is_old(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home() / "nameless").mkdir(parents=True)
    assert clean_up_after_the_dead() == []
    monkeypatch.setattr(leftovers, "YOUNG_SECONDS", -1.0)
    assert clean_up_after_the_dead() == ["nameless"]


def test_a_number_that_is_another_process_by_now_does_not_count_as_alive(folder: Path) -> None:
    (home() / "reused").mkdir(parents=True)
    (home() / "reused" / MANIFEST).write_text(f'{{"pid": {os.getpid()}, "created": 1.0}}')
    assert clean_up_after_the_dead() == ["reused"]
