"""The effect record, the tables that effects write to, and the audit of decisions."""

import sqlalchemy as sa
from alembic import op

from temporal.store.migrations.row_security import secure, secure_row_numbers

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "effects",
        sa.Column("key", sa.Text, primary_key=True),
        *_texts("workflow_id", "run_id", "activity", "digest"),
        sa.Column("result", sa.Text),
        sa.Column("attempt", sa.Integer, nullable=False),
        *_texts("worker_identity"),
        _time("created_at"),
    )
    op.create_index("ix_effects_workflow_id", "effects", ["workflow_id"])
    op.create_index("ix_effects_created_at", "effects", ["created_at"])
    _create_effect_table("steps", "step", "output")
    _create_effect_table("events", "kind", "message")
    _create_effect_table("notifications", "recipient", "subject", "body")
    op.create_table(
        "decisions",
        _row_number(),
        *_texts("approval_id", "workflow_id", "title", "requester", "outcome", "decided_by", "comment"),
        _time("decided_at"),
        _time("recorded_at"),
        sa.UniqueConstraint("approval_id", name="uq_decisions_approval_id"),
    )
    secure("effects", "SELECT", "INSERT", "UPDATE", "DELETE")
    for table in ("steps", "events", "notifications", "decisions"):
        secure(table, "SELECT", "INSERT")
        secure_row_numbers(table)
    secure("alembic_version", "SELECT")


def _create_effect_table(table: str, *texts: str) -> None:
    op.create_table(table, _row_number(), *_texts("effect_key", "workflow_id", *texts), _time("at"))
    op.create_index(f"ix_{table}_effect_key", table, ["effect_key"])
    op.create_index(f"ix_{table}_workflow_id", table, ["workflow_id"])


def _row_number() -> sa.Column[int]:
    number = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    return sa.Column("id", number, sa.Identity(), primary_key=True)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _time(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
