"""Many attempts at the same effects at once, in threads and in processes: each effect happens once."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

from sqlalchemy import Engine

from temporal.config import StoreSettings
from tests.store_steps import Step, a_call, stored_keys, stored_steps

pytest_plugins = ["tests.store_fixtures"]

PROCESSES = 4
THREADS = 8
KEYS = 25


def test_processes_that_apply_the_same_keys_at_once_agree_on_every_result(
    store: Engine, store_settings: StoreSettings
) -> None:
    command = [sys.executable, "-m", "tests.store_steps", store_settings.database_url, str(KEYS)]
    with ExitStack() as started:
        processes = [
            started.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            )
            for _ in range(PROCESSES)
        ]
        for process in processes:
            started.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        for name, process in enumerate(processes):
            assert process.stdin is not None
            process.stdin.write(f"process{name}\n")
            process.stdin.flush()
        outputs = [json.loads(process.communicate()[0]) for process in processes]
    keys = [f"run/{number:04}" for number in range(KEYS)]
    assert outputs == [outputs[0]] * PROCESSES
    assert stored_steps(store) == list(zip(keys, outputs[0], strict=True))
    assert stored_keys(store) == keys


def test_threads_that_apply_the_same_key_at_once_get_one_result(store: Engine) -> None:
    rounds = 10
    together = Barrier(THREADS, timeout=60)

    def attempts(name: int) -> list[tuple[str, bool]]:
        done = []
        for number in range(rounds):
            together.wait()
            step = Step(f"thread{name}-{number}", call=a_call(f"run/{number}"))
            done.append((step.run(store).output, step.applied))
        return done

    with ThreadPoolExecutor(THREADS) as pool:
        by_thread = list(pool.map(attempts, range(THREADS)))
    for number, outcomes in enumerate(zip(*by_thread, strict=True)):
        assert len({output for output, _ in outcomes}) == 1
        assert [applied for _, applied in outcomes].count(True) == 1
        assert stored_steps(store)[number] == (f"run/{number}", outcomes[0][0])
    assert len(stored_steps(store)) == rounds


def test_threads_that_apply_different_keys_at_once_all_succeed(store: Engine) -> None:
    def attempt(number: int) -> None:
        Step(str(number), call=a_call(f"run/{number:04}")).run(store)

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(attempt, range(100)))
    assert stored_steps(store) == [(f"run/{number:04}", str(number)) for number in range(100)]
