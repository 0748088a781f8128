"""How ended requests ended, for a whole page of them at once: visibility knows only that they did."""

from collections.abc import Sequence

from sqlalchemy import Engine, select

from services.api.context import Context
from services.api.problems import Problem
from temporal.store.schema import decisions


async def outcomes_of(context: Context, workflow_ids: Sequence[str]) -> dict[str, str]:
    """Returns the recorded outcome by workflow id.

    A list is worth showing without it: what the store does not know, or cannot say just now, is left out.
    """
    if not workflow_ids:
        return {}

    def read(engine: Engine) -> dict[str, str]:
        columns = select(decisions.c.workflow_id, decisions.c.outcome)
        with engine.connect() as connection:
            rows = connection.execute(
                columns.where(decisions.c.workflow_id.in_(workflow_ids)).order_by(decisions.c.id)
            )
            return {row.workflow_id: row.outcome for row in rows}

    try:
        return await context.store.run(read)
    except Problem:
        return {}
