"""Alembic's entry: migrates on the connection that `upgrade.py` hands over, or writes SQL for PostgreSQL."""

from alembic import context

from temporal.store.schema import metadata

if context.is_offline_mode():
    context.configure(
        dialect_name="postgresql",
        dialect_opts={"paramstyle": "named"},  # else a per cent sign is doubled
        target_metadata=metadata,
        literal_binds=True,
        transactional_ddl=False,  # who applies a file decides on its transaction
    )
else:
    context.configure(
        connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True
    )
with context.begin_transaction():
    context.run_migrations()
