"""The append-only audit, the outbox of notifications, and what Supabase's roles may read."""

import sqlalchemy as sa
from alembic import op

from temporal.store.migrations import readers
from temporal.store.migrations.append_only import create_refusal, make_append_only
from temporal.store.migrations.row_security import secure, secure_row_numbers

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBERED = ("steps", "events", "notifications", "decisions", "audit", "deliveries")


def upgrade() -> None:
    op.create_table(
        "audit",
        _row_number(),
        *_texts("approval_id", "workflow_id", "requester", "decision_id", "kind", "who", "what", "why"),
        *_texts("payload_digest", "channel"),
        _time("at"),
        _time("recorded_at"),
    )
    for column in ("approval_id", "workflow_id", "requester", "who"):
        op.create_index(f"ix_audit_{column}", "audit", [column])
    op.create_table(
        "deliveries",
        _row_number(),
        *_texts("notification_id", "target", "scheme", "workflow_id", "approval_id", "recipient", "kind"),
        *_texts("state"),
        sa.Column("attempts", sa.Integer, nullable=False),
        *_texts("receipt"),
        _time("at"),
        sa.UniqueConstraint("notification_id", "target", name="uq_deliveries_notification_id"),
    )
    for column in ("workflow_id", "recipient"):
        op.create_index(f"ix_deliveries_{column}", "deliveries", [column])
    for name, default in (("kind", "outcome"), ("approval_id", "")):
        op.add_column("notifications", sa.Column(name, sa.Text, nullable=False, server_default=default))
    op.create_index("ix_notifications_approval_id", "notifications", ["approval_id"])

    secure("audit", "SELECT", "INSERT")
    secure("deliveries", "SELECT", "INSERT", "UPDATE")
    for table in ("audit", "deliveries"):
        secure_row_numbers(table)
    create_refusal()
    make_append_only("audit", "id")
    make_append_only("decisions", "id", "approval_id")
    _let_read()


def _let_read() -> None:
    readers.let_read("audit", readers.concerns("requester", "who"))
    readers.let_read(
        "decisions",
        f"{readers.concerns('requester', 'decided_by')} OR EXISTS (SELECT FROM audit AS vote "
        "WHERE vote.approval_id = decisions.approval_id AND vote.kind = 'vote' "
        f"AND {readers.concerns('vote.who')})",
    )
    readers.let_read("notifications", readers.concerns_recipient())
    readers.let_read("deliveries", readers.concerns_recipient())
    readers.let_service_read("effects", *NUMBERED, "alembic_version")
    readers.close_to_service(*(f"{table}_id_seq" for table in NUMBERED))


def _row_number() -> sa.Column[int]:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    return sa.Column("id", number, sa.Identity(), primary_key=True)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _time(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
