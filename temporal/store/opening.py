"""A store that is opened in a thread of its own, while the worker connects and polls.

Loading SQLAlchemy and the schema takes half as long as loading the SDK, and a worker that waited for it would
poll that much later.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from temporal.config import StoreSettings
from temporal.encryption_settings import Keyring
from temporal.notify_settings import NotifySettings
from temporal.store.contract import EffectCall, Writes
from temporal.store.targets import Outbox

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from sqlalchemy import Engine

    from temporal.store.effects import EffectRecord

R = TypeVar("R", bound="DataclassInstance")


class OpeningStore:
    """The effect record of a store that may not be open yet: an effect that is asked for waits until it is.

    When the store cannot be opened, it waits for ever. Nobody knows then whether an earlier attempt applied
    it, so Temporal must be told nothing: who opened the store has to end the process.

    Args:
        settings: Where the store is.
        worker_identity: Who applies effects, for the record.
        keyring: What stored results are encrypted with; by default they are not.
        notify: Who is told where, besides the in-tray; by default nobody.
    """

    def __init__(
        self,
        settings: StoreSettings,
        worker_identity: str,
        keyring: Keyring | None = None,
        notify: NotifySettings | None = None,
    ) -> None:
        self._settings = settings
        self._worker_identity = worker_identity
        self._keyring = keyring
        self._notify = notify
        self._thread = ThreadPoolExecutor(1, "store")
        self._is_open = threading.Event()
        self._engine: Engine
        self._record: EffectRecord

    def open(self) -> Future[str]:
        """Begins to open the store; call it once.

        Returns:
            The database's name for people, once it can be used. The future may also fail with `ConfigError`
            (`settings.database_url` cannot be used) or `StoreError` (the database cannot).
        """
        return self._thread.submit(self._open)

    def _open(self) -> str:
        # Here and nowhere above: this is what takes its time.
        from temporal.store.database import open_store
        from temporal.store.database_errors import store_name
        from temporal.store.effects import EffectRecord
        from temporal.store.prepare import prepare_store

        self._engine = open_store(self._settings)
        prepare_store(self._engine)
        self._record = EffectRecord(self._engine, self._worker_identity, self._keyring, self._notify)
        self._is_open.set()
        return store_name(self._engine)

    def once(
        self,
        call: EffectCall,
        message: "DataclassInstance",
        result_type: type[R],
        apply: Callable[[Writes], R],
    ) -> R:
        """Applies an effect once the store is open; the rest is as `Effects.once` says."""
        self._is_open.wait()
        return self._record.once(call, message, result_type, apply)

    @property
    def outbox(self) -> Outbox:
        """The deliveries, once the store is open."""
        self._is_open.wait()
        return self._record.outbox

    def close(self) -> None:
        """Closes the store if it is open."""
        if self._is_open.is_set():
            self._engine.dispose()
