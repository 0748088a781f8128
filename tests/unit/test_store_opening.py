"""A store that opens while the worker polls: an effect waits for it."""

import threading
from pathlib import Path

import pytest

from temporal.config import StoreSettings
from temporal.messages.delivery import Receipt
from temporal.messages.work import LogEventInput
from temporal.store.contract import EffectCall
from temporal.store.errors import StoreError
from temporal.store.opening import OpeningStore

CALL = EffectCall(key="run/1", workflow_id="w", run_id="run", activity="log_event", attempt=1)
EVENT = LogEventInput(kind="opened", message="hello")


def apply_in_thread(store: OpeningStore) -> tuple[threading.Thread, list[Receipt]]:
    """Begins an effect in a thread, as an activity does, and collects its result."""
    results: list[Receipt] = []

    def apply() -> None:
        results.append(
            store.once(
                CALL,
                EVENT,
                Receipt,
                lambda writes: Receipt(effect_key=CALL.key, row=writes.event(EVENT.kind, EVENT.message)),
            )
        )

    thread = threading.Thread(target=apply, daemon=True)
    thread.start()
    return thread, results


def test_an_effect_that_comes_early_is_applied_once_the_store_is_open(tmp_path: Path) -> None:
    store = OpeningStore(StoreSettings(data_dir=tmp_path), "worker")
    thread, results = apply_in_thread(store)
    thread.join(0.2)
    assert thread.is_alive()
    store.open().result()
    thread.join()
    assert [result.effect_key for result in results] == [CALL.key]
    store.close()


def test_an_effect_has_no_result_when_the_store_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("this is no database, whatever else it may be " * 100)
    store = OpeningStore(StoreSettings(data_dir=tmp_path), "worker")
    thread, results = apply_in_thread(store)
    with pytest.raises(StoreError):
        store.open().result()
    thread.join(0.2)
    assert thread.is_alive()
    assert results == []
