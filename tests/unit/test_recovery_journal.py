"""The journal: what a dead supervisor's successor reads of it, whatever the death cut off."""

import os
import resource
import signal
import time
from pathlib import Path

import psutil
import pytest
from temporalio.api.deployment.v1 import WorkerDeploymentOptions

from temporal.recovery import journal as module
from temporal.recovery.held import HeldTask, Kind, Ledger, Poller, PollKey
from temporal.recovery.journal import Journal
from temporal.recovery.left_behind import LeftBehind, left_behind
from temporal.recovery.worker_group import started_at

KEY = PollKey("method", "default", "queue", sticky=False, versions=b"v", group="")
POLLER = Poller("default", "me@here", "key", "queue", "mine")


def a_task(token: bytes, kind: Kind = Kind.ACTIVITY) -> HeldTask:
    return HeldTask(
        kind,
        token,
        KEY,
        WorkerDeploymentOptions(build_id="b"),
        attempt=3,
        activity="work",
        activity_id="5",
        workflow_id="w",
        run_id="r",
        expires=time.monotonic() + 600,
    )


def ledger_in(journal: Journal) -> Ledger:
    ledger = Ledger()
    ledger.record = journal.worker(os.getpid(), 1.0)
    ledger.saw_poll(POLLER)
    return ledger


def dies(journal: Journal) -> None:
    """Ends its lock, as the kernel does when the process ends."""
    os.close(journal._file)


def only(folder: Path) -> LeftBehind:
    [found] = left_behind(folder)
    return found


def test_the_successor_finds_what_was_held(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "one")
    ledger = ledger_in(journal)
    for token in (b"answered", b"held", b"canceled"):
        ledger.take(a_task(token))
    ledger.take(a_task(b"query", Kind.QUERY))
    ledger.end(b"answered")
    ledger.cancel(b"canceled")
    dies(journal)
    [found] = only(tmp_path).ledgers
    assert list(found.pollers.values()) == [POLLER]
    held = {task.token: task for task in found.held()}
    assert set(held) == {b"held", b"canceled"}
    assert (held[b"held"].attempt, held[b"held"].activity_id, held[b"held"].run_id) == (3, "5", "r")
    assert held[b"held"].deployment.build_id == "b"
    assert held[b"held"].expires == pytest.approx(time.monotonic() + 600, abs=60)
    assert not held[b"held"].cancel_requested
    assert held[b"canceled"].cancel_requested


def test_the_journal_of_a_living_supervisor_is_left_alone(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "one")
    assert list(left_behind(tmp_path)) == []
    journal.close()
    assert list(tmp_path.iterdir()) == []


def test_what_could_not_be_released_is_left_to_the_next_supervisor(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "one")
    ledger_in(journal).take(a_task(b"held"))
    journal.close()
    assert [task.token for task in only(tmp_path).ledgers[0].held()] == [b"held"]


def test_only_one_successor_gets_it(tmp_path: Path) -> None:
    dies(Journal(tmp_path, "one"))
    first = only(tmp_path)
    assert list(left_behind(tmp_path)) == []
    first.done()
    assert list(tmp_path.iterdir()) == []


def test_a_line_cut_off_by_the_death_loses_that_line_only(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "one")
    ledger_in(journal).take(a_task(b"held"))
    dies(journal)
    [path] = tmp_path.iterdir()
    path.write_bytes(path.read_bytes() + b'{"worker":1,"takes":{"kind"')
    assert [task.token for task in only(tmp_path).ledgers[0].held()] == [b"held"]


def test_a_released_worker_is_not_released_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "one")
    record = journal.worker(os.getpid(), 1.0)
    record.takes(a_task(b"held"))
    record.gone()
    dies(journal)
    assert only(tmp_path).ledgers == []


def test_a_long_journal_is_written_anew_with_what_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "COMPACT_BYTES", 2_000)
    journal = Journal(tmp_path, "one")
    ledger = ledger_in(journal)
    ledger.take(a_task(b"held"))
    for number in range(100):
        ledger.take(a_task(str(number).encode()))
        ledger.end(str(number).encode())
    [path] = tmp_path.iterdir()
    assert path.stat().st_size < 5_000
    assert list(left_behind(tmp_path)) == []  # it is still locked
    dies(journal)
    [found] = only(tmp_path).ledgers
    assert [task.token for task in found.held()] == [b"held"]
    assert list(found.pollers.values()) == [POLLER]


def test_a_survivor_is_only_the_process_that_started_then(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "one")
    with (
        psutil.Popen(["sleep", "600"], start_new_session=True) as survivor,
        psutil.Popen(["sleep", "600"], start_new_session=True) as stranger,
    ):
        journal.worker(survivor.pid, started_at(survivor.pid))
        journal.worker(stranger.pid, started_at(stranger.pid) - 1)  # the same number, another start
        dies(journal)
        only(tmp_path).kill_survivors()
        assert survivor.wait() == -signal.SIGKILL
        assert stranger.is_running()
        stranger.kill()


def test_a_wrappers_child_that_outlived_the_wrapper_is_a_survivor_too(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "one")
    with psutil.Popen(["sh", "-c", "sleep 600 & wait"], start_new_session=True) as wrapper:
        while not (children := wrapper.children()):
            time.sleep(0.01)
        journal.worker(wrapper.pid, started_at(wrapper.pid))
        wrapper.kill()
    dies(journal)
    only(tmp_path).kill_survivors()
    _, alive = psutil.wait_procs(children, timeout=10)
    assert [child for child in alive if child.status() != psutil.STATUS_ZOMBIE] == []


def test_a_journal_that_found_no_room_is_made_good_when_there_is_some(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "one")
    ledger = ledger_in(journal)
    ledger.take(a_task(b"before"))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    [path] = tmp_path.iterdir()
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 20, limits[1]))  # as a full disk
    try:
        for token in (b"without room", b"answered"):
            ledger.take(a_task(token))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    ledger.end(b"answered")
    dies(journal)
    assert {task.token for task in only(tmp_path).ledgers[0].held()} == {b"before", b"without room"}
