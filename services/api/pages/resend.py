"""The page for a form that got no answer: it is kept whole, and can be sent again as it is."""

from collections.abc import Mapping

from fastapi import Response

from services.api.pages.lists import LISTS
from services.api.pages.page_route import TYPED, WORDS
from services.api.pages.rendering import render
from services.api.pages.session import Session
from services.api.problems import Problem

AGAIN = (429, 503)
"""Statuses after which the same form may be sent again: its own id makes both the same decision."""

FIELDS = ("csrf", "decision_id", "outcome", "version", "comment", "edited", "reason")


def resend(reader: Session, form: Mapping[str, str], problem: Problem, *, action: str, page: str) -> Response:
    """Returns the page that sends a form again.

    Args:
        reader: Who sent it.
        form: What was sent.
        problem: Why there is no answer.
        action: Where it goes.
        page: The page of its request.

    Raises:
        Problem: Sending it again would not help.
    """
    if problem.status not in AGAIN:
        raise problem
    context = {
        "me": reader.identity,
        "csrf": reader.form_token,
        "lists": LISTS,
        "reason": f"{WORDS[problem.status][0]}.",
        "kept": [(label, form[name]) for name, label in TYPED if form.get(name, "").strip()],
        "fields": [(name, form[name]) for name in FIELDS if name in form],
        "action": action,
        "page": page,
    }
    response = render("resend.html", context, problem.status)
    response.headers.update(problem.headers or {})
    return response
