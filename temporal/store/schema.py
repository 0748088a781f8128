"""The store's tables, as SQLAlchemy Core sees them; `migrations/` makes them, and a test compares the two.

Only `effects` enforces that an effect happens once. The tables that effects write to hold each effect's key
too, on purpose without a unique constraint: a doubled effect then shows as two rows and can be counted.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Identity,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """A point in time: aware in Python, `timestamptz` in PostgreSQL, UTC in SQLite, which knows no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a time without a zone: which moment it means depends on the machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time in the store needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Returns the time in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def _text(name: str, *, index: bool = False, default: str | None = None) -> Column[str]:
    return Column(name, Text, nullable=False, index=index, server_default=default)


def _time(name: str, *, index: bool = False) -> Column[datetime]:
    return Column(name, UtcDateTime, nullable=False, index=index)


def _row_number() -> Column[int]:
    # SQLite numbers rows by itself only where the type is exactly INTEGER.
    return Column("id", BigInteger().with_variant(Integer, "sqlite"), Identity(), primary_key=True)


effects = Table(
    "effects",
    metadata,
    Column("key", Text, primary_key=True),
    _text("workflow_id", index=True),
    _text("run_id"),
    _text("activity"),
    _text("digest"),
    Column("result", Text),  # null only within the transaction that applies the effect
    Column("attempt", Integer, nullable=False),
    _text("worker_identity"),
    _time("created_at", index=True),
)
"""One row for each effect that happened, committed together with it."""

steps = Table(
    "steps",
    metadata,
    _row_number(),
    _text("effect_key", index=True),
    _text("workflow_id", index=True),
    _text("step"),
    _text("output"),
    _time("at"),
)
"""What `process_step` did: its observable effect."""

events = Table(
    "events",
    metadata,
    _row_number(),
    _text("effect_key", index=True),
    _text("workflow_id", index=True),
    _text("kind"),
    _text("message"),
    _time("at"),
)
"""The business log; rows are only ever added."""

notifications = Table(
    "notifications",
    metadata,
    _row_number(),
    _text("effect_key", index=True),
    _text("workflow_id", index=True),
    _text("recipient"),
    _text("subject"),
    _text("body"),
    _time("at"),
    _text("kind", default="outcome"),
    _text("approval_id", index=True, default=""),
)
"""What was sent to whom: each person's in-tray."""

deliveries = Table(
    "deliveries",
    metadata,
    _row_number(),
    _text("notification_id"),
    _text("target"),
    _text("scheme"),
    _text("workflow_id", index=True),
    _text("approval_id"),
    _text("recipient", index=True),
    _text("kind"),
    _text("state"),
    Column("attempts", Integer, nullable=False),
    _text("receipt"),
    _time("at"),
    UniqueConstraint("notification_id", "target"),
)
"""The outbox: one row for each notification and target outside the database, with its receipt.

A target is stored by its scheme and a digest, never by its URL, which holds secrets.
"""

decisions = Table(
    "decisions",
    metadata,
    _row_number(),
    Column("approval_id", Text, nullable=False, unique=True),
    _text("workflow_id"),
    _text("title"),
    _text("requester"),
    _text("outcome"),
    _text("decided_by"),
    _text("comment"),
    _time("decided_at"),
    _time("recorded_at"),
)
"""How each approval ended: one approval, one decision. Append-only, never pruned."""

audit = Table(
    "audit",
    metadata,
    _row_number(),
    _text("approval_id", index=True),
    _text("workflow_id", index=True),
    _text("requester", index=True),
    _text("decision_id"),
    _text("kind"),
    _text("who", index=True),
    _text("what"),
    _text("why"),
    _text("payload_digest"),
    _text("channel"),
    _time("at"),
    _time("recorded_at"),
)
"""Who did what to an approval, when, why, on which payload and how it came. Append-only, never pruned."""
