"""The dashboard: how the workflows, workers and approvals are doing, for anybody who is signed in.

It shows counts and times and nobody's name or request, so it needs no role.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.responses import JSONResponse

from services.api.context import Context, current_context
from services.api.dashboard.charts import CHARTS
from services.api.pages import addresses
from services.api.pages.lists import LISTS
from services.api.pages.page_route import PageRoute
from services.api.pages.rendering import HEADERS, render
from services.api.pages.session import Reader

router = APIRouter(route_class=PageRoute, include_in_schema=False)

Ours = Annotated[Context, Depends(current_context)]


@router.get(addresses.DASHBOARD)
async def dashboard(reader: Reader) -> Response:
    """Shows the page; its script asks for the data."""
    return render(
        "dashboard.html",
        {"me": reader.identity, "csrf": reader.form_token, "lists": LISTS, "charts": CHARTS},
    )


@router.get(f"{addresses.DASHBOARD}/data")
async def data(reader: Reader, context: Ours) -> Response:
    """Returns what the charts show."""
    found = await context.dashboard.readings()
    content = {"source": found.source, "times": found.times, "charts": found.charts}
    return JSONResponse(content, headers=dict(HEADERS))
