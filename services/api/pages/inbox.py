"""The inbox: lists of requests, page by page, and the part of them that keeps itself up to date."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import RedirectResponse

from services.api.approvals.listing import Item, Scope, listing
from services.api.context import Context, current_context
from services.api.pages import addresses
from services.api.pages.lists import LISTS, PHASES, SHOWN, Show, words_of
from services.api.pages.outcomes import outcomes_of
from services.api.pages.page_route import PageRoute
from services.api.pages.rendering import HEADERS, render
from services.api.pages.session import Reader, Session
from services.api.pages.words import SOON, state

PAGE_SIZE = 25
"""Requests on one page of a list."""

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@dataclass(frozen=True)
class Asked:
    """Which part of which list; the query of its address."""

    scope: Scope = Scope.MINE
    show: Show | None = None
    page: Annotated[str, Query(max_length=4_000)] = ""

    @property
    def shown(self) -> Show:
        """Which requests of the list are shown."""
        return self.show or words_of(self.scope).show


Part = Annotated[Asked, Depends()]
Ours = Annotated[Context, Depends(current_context)]


@router.get("/")
async def home() -> Response:
    """Sends everybody to the inbox."""
    return RedirectResponse(addresses.INBOX, 303, headers=HEADERS)


@router.get(addresses.INBOX)
async def inbox(reader: Reader, context: Ours, asked: Part) -> Response:
    """Shows a list."""
    return render("inbox.html", await _list(reader, context, asked))


@router.get(f"{addresses.INBOX}/list")
async def inbox_list(reader: Reader, context: Ours, asked: Part) -> Response:
    """Shows the part of a list that keeps itself up to date."""
    return render("inbox_list.html", await _list(reader, context, asked))


async def _list(reader: Session, context: Context, asked: Asked) -> Mapping[str, object]:
    scope, show, words = asked.scope, asked.shown, words_of(asked.scope)
    found = await listing(context, reader.identity, scope, PHASES[show], PAGE_SIZE, asked.page)
    ended = [item.id for item in found.items if not item.running]
    outcomes = await outcomes_of(context, ended)
    waiting = show is Show.WAITING
    count = f"{len(found.items)}{' or more' if found.next_page or asked.page else ''}"
    return {
        "me": reader.identity,
        "csrf": reader.form_token,
        "lists": LISTS,
        "scope": scope,
        "heading": words.heading,
        "phases": [
            {"show": one, "text": text, "href": addresses.listed(scope, one)} for one, text in SHOWN.items()
        ],
        "show": show,
        "rows": [_row(item, outcomes.get(item.id)) for item in found.items],
        "empty_title": words.empty if show is words.show else "Nothing here",
        "empty_text": words.hint if show is words.show else "Other requests are under the other buttons.",
        "announcement": f"{count} waiting" if waiting else "",
        "title_now": f"{f'({len(found.items)}) ' if waiting and found.items else ''}{words.heading}",
        "live_href": addresses.listed(scope, show, asked.page, path=f"{addresses.INBOX}/list"),
        "later": bool(asked.page),
        "first_href": addresses.listed(scope, show),
        "next_page": found.next_page,
        "next_href": addresses.listed(scope, show, found.next_page),
    }


def _row(item: Item, outcome: str | None) -> Mapping[str, object]:
    word, tone = state(item.phase, outcome)
    return {
        # Names the row for the browser, which keeps focus on it when rows come and go.
        "anchor": hashlib.sha256(item.id.encode()).hexdigest()[:16],
        "href": addresses.of(addresses.REQUEST, item.id),
        "title": item.title or item.id,
        "requester": item.requester or "somebody",
        "state": word if item.running or outcome else _ended(word),
        "tone": tone,
        "opened": item.started_at,
        "deadline": item.deadline,
        "waiting": item.running,
        "soon": item.deadline is not None and item.deadline - datetime.now(UTC) < SOON,
    }


def _ended(word: str) -> str:
    """Returns the word for one that ended: a terminated workflow leaves its last phase behind."""
    return "Ended" if word in ("Waiting", "Opening") else word
