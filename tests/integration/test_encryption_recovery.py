"""Encryption under the supervisor: a kill is survived, and neither words nor keys lie about after it."""

from pathlib import Path

from temporal.chaos import invariants
from temporal.chaos.fleet import SupervisedFleet
from temporal.chaos.observation import working
from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.messages.durable_demo import DurableDemoInput
from temporal.messages.work import WorkInput
from temporal.workflows.durable_demo import DurableDemoWorkflow
from tests.integration.effect_rows import effect_rows
from tests.integration.encryption_keys import key_in

pytest_plugins = ["tests.integration.encrypted_target"]

WORD = "canary-of-the-order"
ORDER = DurableDemoInput(name=WORD, sleep_seconds=1, steps=2, work_units=25, work_unit_seconds=0.1)


def files_with(folder: Path, word: bytes) -> set[str]:
    return {file.name for file in folder.rglob("*") if file.is_file() and word in file.read_bytes()}


async def test_a_kill_is_survived_and_no_file_but_the_store_has_the_words_and_none_the_key(
    encrypted: EmbeddedTarget, tmp_path: Path
) -> None:
    fleet = SupervisedFleet(encrypted, {"WORKER_STICKY_TIMEOUT_SECONDS": "60", "LOG_LEVEL": "DEBUG"})
    await fleet.start()
    handle = await encrypted.client.start_workflow(
        DurableDemoWorkflow.run, ORDER, id=f"{encrypted.task_queue}-order", task_queue=encrypted.task_queue
    )
    work = WorkInput(subject="work", units=ORDER.work_units, unit_seconds=ORDER.work_unit_seconds)
    await working(encrypted.client, handle, work, units=3)
    await fleet.kill_holder(handle)
    result = await handle.result()

    history = await handle.fetch_history()
    converter = encrypted.client.data_converter
    assert invariants.work_is_right(result, ORDER) == []
    assert invariants.slept_long_enough(history, ORDER) == []
    assert invariants.steps_done_once(encrypted.store, handle.id, ORDER) == []
    assert await invariants.replays(history, data_converter=converter) == []
    assert WORD not in history.to_json()
    assert files_with(encrypted.engine.database.parent, WORD.encode()) == set()
    # The store's own tables are the application's records and stay readable: docs/encryption.md.
    in_clear = files_with(encrypted.folder, WORD.encode())
    assert in_clear
    assert all(name.startswith("store.db") for name in in_clear)
    assert files_with(encrypted.folder, key_in(tmp_path / "keys", "key-a")) == set()


async def test_the_results_in_the_store_are_encrypted(encrypted: EmbeddedTarget) -> None:
    await encrypted.start_worker()
    handle = await encrypted.client.start_workflow(
        DurableDemoWorkflow.run,
        DurableDemoInput(name=WORD, sleep_seconds=0),
        id=f"{encrypted.task_queue}-plain",
        task_queue=encrypted.task_queue,
    )
    result = await handle.result()
    rows = effect_rows(encrypted.store, handle.id, "process_step")
    assert [row.result.split(":")[:3] for row in rows] == [["sealed", "v1", "key-a"]] * len(result.steps)
