"""Reads the effect record: which attempt of which worker did what."""

from dataclasses import dataclass

from sqlalchemy import Engine, select

from temporal.store.schema import effects


@dataclass(frozen=True)
class EffectRow:
    """One effect that happened, by its key's attempt and worker, with the result it stored."""

    key: str
    attempt: int
    worker_identity: str
    result: str


def effect_rows(store: Engine, workflow_id: str, activity: str) -> list[EffectRow]:
    """Returns the effects of one activity of a workflow, in order of their time."""
    columns = (effects.c.key, effects.c.attempt, effects.c.worker_identity, effects.c.result)
    with store.begin() as connection:
        rows = connection.execute(
            select(*columns)
            .where(effects.c.workflow_id == workflow_id, effects.c.activity == activity)
            .order_by(effects.c.created_at)
        )
        return [EffectRow(*row) for row in rows]
