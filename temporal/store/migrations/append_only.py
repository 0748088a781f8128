"""Tables whose rows nobody changes: the database refuses it, whoever asks."""

from string import Template

from alembic import op

FUNCTION = "refuse_change"


def create_refusal() -> None:
    """Makes what PostgreSQL's triggers call; SQLite's have it in themselves."""
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute(
        f"CREATE FUNCTION {FUNCTION}() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP "
        "USING ERRCODE = 'restrict_violation'; END $$"
    )
    op.execute(f"REVOKE ALL ON FUNCTION {FUNCTION}() FROM PUBLIC")


def make_append_only(table: str, *unique: str) -> None:
    """Has the database refuse updates, deletes and truncates of a table.

    Args:
        table: The table.
        unique: Its unique columns.
    """
    if op.get_context().dialect.name == "postgresql":
        _in_postgresql(table)
    else:
        _in_sqlite(table, unique)


def _in_postgresql(table: str) -> None:
    op.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {FUNCTION}()"
    )
    # Else `session_replication_role = replica` would turn it off.
    op.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER append_only")
    # The owner too, under whose login the program may run, must ask for the right first.
    op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM CURRENT_USER")


def _in_sqlite(table: str, unique: tuple[str, ...]) -> None:
    refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    for change in ("UPDATE", "DELETE"):
        op.execute(f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} {refusal}")
    # INSERT OR REPLACE deletes the row in the way without asking a trigger on DELETE.
    for column in unique:
        op.execute(_NO_REPLACE.substitute(table=table, column=column, refusal=refusal))


_NO_REPLACE = Template(
    "CREATE TRIGGER ${table}_no_replace_$column BEFORE INSERT ON $table "
    "WHEN EXISTS (SELECT 1 FROM $table WHERE $column = NEW.$column) $refusal"
)
