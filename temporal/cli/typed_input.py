"""Builds a workflow's input from JSON and the options that win over it, and says everything that is wrong."""

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, TypeVar

from temporal.cli.json_input import read_object
from temporal.cli.output import clean
from temporal.command_line import USAGE, CommandError
from temporal.messages.validation import Message

LONGEST_ERROR = 2_000
"""Longest list of problems, in characters."""


class InputMessage(Message, Protocol):
    """A dataclass whose fields all have defaults and which knows what is wrong with it."""

    __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]


M = TypeVar("M", bound=InputMessage)


def build_input(kind: type[M], source: str | None, options: Mapping[str, object]) -> M:
    """Returns the input, checked.

    Args:
        kind: The message's class.
        source: What `--input` was given: a JSON object, a file or `-`; None for none.
        options: Values of the explicit options by field; None leaves the field as it is.

    Raises:
        CommandError: It cannot be read, a field is unknown, or a value is wrong (exit code 2).
    """
    values = read_object("--input", source) if source is not None else {}
    known = [field.name for field in dataclasses.fields(kind)]
    if unknown := [name for name in values if name not in known]:
        names = ", ".join(repr(name) for name in unknown)
        raise CommandError(f"--input: unknown field {clean(names, 200)}; allowed: {', '.join(known)}", USAGE)
    given = {name: value for name, value in options.items() if value is not None}
    message = dataclasses.replace(kind(), **{**values, **given})
    if problems := message.problems():
        raise CommandError(clean("; ".join(problems), LONGEST_ERROR), USAGE)
    return message
