"""Alembic's entry: migrates on the connection that `upgrade.py` hands over."""

from alembic import context

from temporal.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()
