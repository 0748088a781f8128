"""What a reader does to a request: decide, withdraw. Only by POST, and only from our own pages."""

from dataclasses import replace

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from services.api.approvals.decide import decide
from services.api.approvals.fetch import fetch
from services.api.approvals.refusals import Refused
from services.api.approvals.withdraw import withdraw
from services.api.bodies import WithdrawalBody
from services.api.context import Context
from services.api.pages import addresses, notices
from services.api.pages.decision_form import UnfitError, decision_of, typed_in
from services.api.pages.forms import Faults, Typed, decision_id
from services.api.pages.inbox import Ours
from services.api.pages.page_route import PageRoute
from services.api.pages.rendering import HEADERS
from services.api.pages.request import RequestId, show
from services.api.pages.resend import resend
from services.api.pages.session import Form, Reader, Session
from services.api.problems import Problem
from temporal.messages.decide import DecideAnswer, Refusal

CHANNEL = "page"

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.post(addresses.DECIDE + "{id:path}")
async def decide_on(reader: Reader, context: Ours, form: Form, workflow_id: RequestId) -> Response:
    """Decides; the form's own id makes the same form sent again the same decision."""
    typed, key = typed_in(form), _key(form)
    try:
        approval = await fetch(context, reader.identity, workflow_id)
        body = decision_of(form.get("outcome", ""), typed, approval.status)
        answer = await decide(context, reader.identity, workflow_id, body, key, CHANNEL)
    except UnfitError as unfit:
        notice = notices.refused(Refused(Refusal.INVALID, ""), reader.identity.subject, "")
        return await show(
            reader, context, approval,
            notice=notice, typed=typed, faults=unfit.faults, decision_id=key, status=422,
        )  # fmt: skip
    except Refused as refused:
        return await _refused(reader, context, workflow_id, refused, typed)
    except Problem as problem:
        return _again(reader, form, problem, addresses.DECIDE, workflow_id)
    return _done(workflow_id, answer)


@router.post(addresses.WITHDRAW + "{id:path}")
async def withdraw_it(reader: Reader, context: Ours, form: Form, workflow_id: RequestId) -> Response:
    """Takes the reader's own request back."""
    typed = typed_in(form)
    try:
        body = WithdrawalBody(reason=typed.reason)
        answer = await withdraw(context, reader.identity, workflow_id, body, _key(form), CHANNEL)
    except ValidationError:
        refused = Refused(Refusal.INVALID, "reason: at most 10000 characters")
        return await _refused(reader, context, workflow_id, refused, typed)
    except Refused as refused:
        return await _refused(reader, context, workflow_id, refused, typed)
    except Problem as problem:
        return _again(reader, form, problem, addresses.WITHDRAW, workflow_id)
    return _done(workflow_id, answer)


def _again(reader: Session, form: dict[str, str], problem: Problem, place: str, workflow_id: str) -> Response:
    action, page = addresses.of(place, workflow_id), addresses.of(addresses.REQUEST, workflow_id)
    return resend(reader, form, problem, action=action, page=page)


def _key(form: dict[str, str]) -> str:
    key = decision_id(form.get("decision_id", ""))
    if key is None:
        raise Problem(403, "this form was not made by a page of this site")
    return key


def _done(workflow_id: RequestId, answer: DecideAnswer) -> Response:
    """Answers with a redirect: a page that is loaded again sends nothing again."""
    page = addresses.of(addresses.REQUEST, workflow_id)
    return RedirectResponse(f"{page}?did={notices.did(answer)}", 303, headers=HEADERS)


async def _refused(
    reader: Session, context: Context, workflow_id: str, refused: Refused, typed: Typed
) -> Response:
    """Shows the request as it is now, with why nothing was changed and all that was typed."""
    approval = await fetch(context, reader.identity, workflow_id)
    notice = notices.refused(refused, reader.identity.subject, typed.comment or typed.reason)
    faults = _faults(refused) if refused.refusal is Refusal.INVALID else Faults()
    if faults == Faults() and refused.errors:
        notice = replace(notice, lines=[*notice.lines, *refused.errors])
    # A new id: the old one may belong to what was sent first.
    return await show(
        reader, context, approval, notice=notice, typed=typed, faults=faults, status=refused.status
    )


def _faults(refused: Refused) -> Faults:
    """Returns which fields of the form the workflow's own check complains of."""
    said: dict[str, str] = {}
    for line in "\n".join(refused.errors).replace("; ", "\n").splitlines():
        field, colon, text = line.partition(": ")
        if colon and field in ("comment", "edited", "reason"):
            said[field] = text[:1].upper() + text[1:]
    return Faults(**said)
