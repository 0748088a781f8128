"""Deletes old rows of the effect record, so that it does not grow for ever."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, delete, func, select

from temporal.store.database_errors import store_errors
from temporal.store.schema import effects

BATCH_ROWS = 1_000
"""Most rows that one transaction deletes: SQLite's other writers wait for it."""


def prune(engine: Engine, older_than: timedelta) -> int:
    """Deletes the effects that are older than `older_than` and bound to a run; returns how many.

    A deleted effect can happen again if its workflow still retries the activity. An effect under a business
    key stays, because a reset may ask for it at any time; so do decisions, which are the audit.

    Raises:
        StoreError: The store did not answer in time; what was deleted before stays deleted.
    """
    run_bound = func.substr(effects.c.key, 1, func.length(effects.c.run_id) + 1) == effects.c.run_id.concat(
        "/"
    )
    old = effects.c.created_at < datetime.now(UTC) - older_than
    batch = select(effects.c.key).where(old, run_bound).limit(BATCH_ROWS)
    pruned = 0
    while True:
        with store_errors(engine), engine.begin() as connection:
            deleted = connection.execute(delete(effects).where(effects.c.key.in_(batch))).rowcount
        pruned += deleted
        if deleted < BATCH_ROWS:
            return pruned
