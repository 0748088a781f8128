"""Whether the process lives, and whether it can do its work."""

import asyncio

from fastapi import APIRouter

from services.api.answers import StateOut
from services.api.description import problems
from services.api.parameters import App

router = APIRouter(tags=["health"])


@router.get("/health")
async def health() -> StateOut:
    """Says that the process answers; whoever restarts it asks this."""
    return StateOut(status="alive")


@router.get("/ready", responses=problems(503))
async def ready(app: App) -> StateOut:
    """Says that Temporal and the store answer; whoever sends it requests asks this."""
    await asyncio.gather(app.temporal.check(), app.store.check())
    return StateOut(status="ready")
