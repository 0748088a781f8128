"""What somebody typed into a form: read with limits, checked, and given back when it cannot be taken."""

from dataclasses import dataclass

from temporal.cli.json_input import parse_json
from temporal.command_line import CommandError
from temporal.messages.validation import MAX_NAME_CHARACTERS


@dataclass(frozen=True, kw_only=True)
class Typed:
    """The fields of the forms of one request, as typed."""

    comment: str = ""
    edited: str = ""
    version: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Faults:
    """What is wrong with each field; empty where nothing is."""

    comment: str = ""
    edited: str = ""
    reason: str = ""


class NotAnObjectError(ValueError):
    """An edited payload is no JSON object; the message says where it goes wrong."""


def read_object(text: str) -> dict[str, object]:
    """Reads an edited payload, as strictly as the API reads its bodies.

    Raises:
        NotAnObjectError: It is no sound JSON, or JSON of another kind.
    """
    try:
        value = parse_json("payload", text)
    except CommandError as error:
        said = error.message.removeprefix("payload: ")
        raise NotAnObjectError(f"{said[:1].upper()}{said[1:]}.") from error
    if not isinstance(value, dict):
        raise NotAnObjectError("It must be a JSON object: { … }.")
    return value


def decision_id(sent: str) -> str | None:
    """Returns a form's decision id, or None for one that our page did not make."""
    return sent if 0 < len(sent) <= MAX_NAME_CHARACTERS and sent.isprintable() else None
