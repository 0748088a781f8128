"""Checks shared by every message that crosses a boundary.

A message never raises when it is built: a decoder inside a workflow must not fail the workflow task.
It lists what is wrong (`problems`), and each boundary decides: a script prints it, a workflow fails with it.
"""

import unicodedata
from typing import Protocol

MAX_NAME_CHARACTERS = 200
"""Longest name of a person, step or workflow input, in characters; our own limit, to keep lists readable."""

MAX_TEXT_CHARACTERS = 10_000
"""Longest free text (a comment), in characters; our own limit, far below the payload limit."""

MAX_PAYLOAD_BYTES = 2 * 1024 * 1024
"""Largest payload Temporal Server accepts, in bytes: its `limit.blobSize.error` default."""


CONTROLS = ("Cc", "Cs", "Zl", "Zp")
"""Unicode categories that no text needs: controls, lone surrogates, line and paragraph separators."""


class Message(Protocol):
    """What crosses a boundary and can say what is wrong with it."""

    def problems(self) -> list[str]:
        """Returns one line a fault, each naming the field and what is allowed; empty when all is well."""
        ...


def text_problems(field: str, value: object, *, limit: int, free: bool = False) -> list[str]:
    """Checks one text field: a name in one line, or free text.

    Args:
        field: The field's name, for the message.
        value: What arrived; anything, because JSON from outside may hold anything.
        limit: Longest allowed, in characters.
        free: Whether it may be blank and have several lines.

    Returns:
        At most one line.
    """
    if value is None:
        return [f"{field}: is missing"]
    if not isinstance(value, str):
        return [f"{field}: must be text, not {type(value).__name__}"]
    if not free and not value.strip():
        return [f"{field}: must not be blank"]
    if len(value) > limit:
        return [f"{field}: at most {limit} characters, got {len(value)}"]
    lines = "\n\r\t" if free else ""
    if any(unicodedata.category(character) in CONTROLS and character not in lines for character in value):
        return [f"{field}: must not hold control characters{'' if free else ' or line breaks'}"]
    return []


def number_problems(
    field: str, value: object, *, least: float, most: float, whole: bool = False
) -> list[str]:
    """Checks one number field; `least` and `most` are inclusive and in the field's own unit."""
    if isinstance(value, bool) or not isinstance(value, int if whole else int | float):
        return [f"{field}: must be a {'whole ' if whole else ''}number, not {type(value).__name__}"]
    if not least <= value <= most:  # NaN fails here too
        return [f"{field}: from {least} to {most}, got {value}"]
    return []


def object_problems(field: str, value: object) -> list[str]:
    """Checks that a field is a JSON object."""
    return [] if isinstance(value, dict) else [f"{field}: must be an object, not {type(value).__name__}"]
