"""Turns a decision form into the decision that it means, or says which field cannot be taken."""

from pydantic import ValidationError

from services.api.bodies import DecisionBody
from services.api.pages.forms import Faults, NotAnObjectError, Typed, read_object
from temporal.messages.approval import ApprovalStatus
from temporal.messages.decision import Outcome, canonical_json


class UnfitError(Exception):
    """A form cannot be taken; `faults` says what is wrong with which field."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        super().__init__(str(faults))


def typed_in(form: dict[str, str]) -> Typed:
    """Returns what somebody typed; browsers send every line break as two characters."""
    lines = {name: form.get(name, "").replace("\r\n", "\n") for name in ("comment", "edited", "reason")}
    return Typed(version=form.get("version", ""), **lines)


def decision_of(outcome: str, typed: Typed, status: ApprovalStatus) -> DecisionBody:
    """Returns the decision that a form means.

    Args:
        outcome: The button that was pressed.
        typed: The fields.
        status: The request: an edited payload that says what was asked is no edit, and a `version` is that
            of another's vote.

    Raises:
        UnfitError: A field cannot be taken.
    """
    approves = outcome == Outcome.APPROVED
    edited = _edited(typed, status)
    if edited is not None and not approves:
        raise UnfitError(
            Faults(edited="Only an approval can change the payload: undo the change, or approve.")
        )
    if typed.version and approves:
        edited = _version(typed.version, edited, status)
    try:
        return DecisionBody.model_validate(
            {"outcome": outcome, "comment": typed.comment, "edited": edited}, strict=False
        )
    except ValidationError as error:
        raise UnfitError(_faults(error)) from error


def _edited(typed: Typed, status: ApprovalStatus) -> dict[str, object] | None:
    if not typed.edited.strip():
        return None  # a page without the field, or one that was emptied: what was asked
    try:
        edited = read_object(typed.edited)
    except NotAnObjectError as error:
        raise UnfitError(Faults(edited=str(error))) from error
    return None if _same(edited, status.details) else edited


def _version(
    version: str, edited: dict[str, object] | None, status: ApprovalStatus
) -> dict[str, object] | None:
    if edited is not None:
        raise UnfitError(
            Faults(edited="You chose another's payload and changed this one: do one of the two.")
        )
    for vote in status.votes:
        if vote.decision_id == version and vote.edited is not None:
            return vote.edited
    raise UnfitError(Faults(edited="The payload that you chose is not there any more. Load the page again."))


def _same(one: dict[str, object], other: dict[str, object]) -> bool:
    try:
        return canonical_json(one) == canonical_json(other)
    except (ValueError, UnicodeEncodeError):
        return False


def _faults(error: ValidationError) -> Faults:
    fields = {str(each["loc"][0]): each["msg"] for each in error.errors() if each["loc"]}
    known = {name: fields[name] for name in ("comment", "edited") if name in fields}
    return Faults(**known) if known else Faults(edited="Press one of the two buttons.")
