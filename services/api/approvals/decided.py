"""Requests that are decided and whose workflow has not ended yet: only the store knows of them."""

from collections.abc import Collection

from sqlalchemy import Engine, select

from services.api.context import Context
from services.api.problems import Problem
from temporal.store.schema import decisions


async def decided_among(context: Context, approval_ids: Collection[str]) -> frozenset[str]:
    """Returns which approvals have a recorded decision; none while the store is away.

    A workflow goes on after its decision until the requester has been told, which takes up to an hour while a
    provider is away; visibility shows it as pending until then.
    """
    if not approval_ids:
        return frozenset()

    def read(engine: Engine) -> frozenset[str]:
        found = select(decisions.c.approval_id).where(decisions.c.approval_id.in_(approval_ids))
        with engine.connect() as connection:
            return frozenset(connection.scalars(found))

    try:
        return await context.store.run(read)
    except Problem:  # a list is worth showing without it
        return frozenset()
