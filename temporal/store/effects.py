"""The effect record: an activity runs at least once, its effect on the database happens once.

The key's row and the effect commit in one transaction. So a retry meets either no row, and nothing has
happened, or the row and with it the result to return.

A zombie, an attempt that Temporal gave up and that still runs, meets the same rule. In PostgreSQL its insert
waits for the other attempt's transaction; SQLite lets one transaction write at a time.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import Connection, Engine, select, update

from temporal.encryption.stored import StoredText
from temporal.encryption_settings import Keyring
from temporal.notify_settings import NotifySettings
from temporal.store.contract import EffectCall
from temporal.store.database_errors import store_errors
from temporal.store.deliveries import DatabaseOutbox
from temporal.store.digest import digest_of
from temporal.store.errors import EffectConflict, StoreError
from temporal.store.results import decode_result, encode_result
from temporal.store.schema import effects
from temporal.store.targets import Outbox
from temporal.store.writes import DatabaseWrites

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from sqlalchemy.dialects import postgresql, sqlite

R = TypeVar("R", bound="DataclassInstance")


class EffectRecord:
    """Applies effects once. Safe to share between threads.

    Args:
        engine: A prepared store.
        worker_identity: Who applies effects, for the record.
        keyring: What stored results are encrypted with; by default they are not.
        notify: Who is told where, besides the in-tray; by default nobody.

    Attributes:
        outbox: The deliveries to targets outside the database.
    """

    outbox: Outbox

    def __init__(
        self,
        engine: Engine,
        worker_identity: str,
        keyring: Keyring | None = None,
        notify: NotifySettings | None = None,
    ) -> None:
        self._engine = engine
        self._worker_identity = worker_identity
        self._text = StoredText(keyring)
        self.outbox = DatabaseOutbox(engine, notify)

    def once(
        self,
        call: EffectCall,
        message: "DataclassInstance",
        result_type: type[R],
        apply: Callable[[DatabaseWrites], R],
    ) -> R:
        """Applies an effect, or returns the result of the attempt that did: the contract is `Effects.once`.

        Raises:
            EffectConflict: The key is taken by another input.
            StoreError: The store did not answer in time, or what it holds cannot be read.
            UnreadableError: The stored result is encrypted with a key that is not at hand.
        """
        digest = digest_of(message)
        with store_errors(self._engine), self._engine.begin() as connection:
            if not self._claim(connection, call, digest):
                return self._stored(connection, call, digest, result_type)
            result = apply(DatabaseWrites(connection, call))
            text = self._text.closed(encode_result(result), call.key)
            connection.execute(update(effects).where(effects.c.key == call.key).values(result=text))
        return result

    def _claim(self, connection: Connection, call: EffectCall, digest: str) -> bool:
        statement = (
            _insert_into_effects(connection.dialect.name)
            .values(
                key=call.key,
                workflow_id=call.workflow_id,
                run_id=call.run_id,
                activity=call.activity,
                digest=digest,
                attempt=call.attempt,
                worker_identity=self._worker_identity,
                created_at=datetime.now(UTC),
            )
            .on_conflict_do_nothing(index_elements=[effects.c.key])
            .returning(effects.c.key)
        )
        return connection.execute(statement).first() is not None

    def _stored(self, connection: Connection, call: EffectCall, digest: str, result_type: type[R]) -> R:
        row = connection.execute(
            select(effects.c.digest, effects.c.result).where(effects.c.key == call.key)
        ).one()
        if row.digest != digest:
            raise EffectConflict(
                f"effect {call.key}: recorded with input {row.digest}, now called with input {digest}"
            )
        try:
            return decode_result(self._text.opened(row.result, call.key), result_type)
        except (TypeError, ValueError):
            raise StoreError(f"effect {call.key}: the stored result is no {result_type.__name__}") from None


def _insert_into_effects(dialect: str) -> "sqlite.Insert | postgresql.Insert":
    # The dialects' own, for `on_conflict_do_nothing`; the other database's need not be loaded.
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as insert_into_sqlite

        return insert_into_sqlite(effects)
    from sqlalchemy.dialects.postgresql import insert as insert_into_postgresql

    return insert_into_postgresql(effects)
