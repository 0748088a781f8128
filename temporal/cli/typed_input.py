"""Builds a workflow's input from JSON and the options that win over it, and says everything that is wrong."""

import dataclasses
import enum
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol, TypeVar, get_type_hints

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
        options: Values of the explicit options by field; None leaves the field as it is. A field that is a
            message itself is given as an object.

    Raises:
        CommandError: It cannot be read, a field is unknown, or a value is wrong (exit code 2).
    """
    values = read_object("--input", source) if source is not None else {}
    _check_known("--input", kind, values)
    given = {name: value for name, value in options.items() if value is not None}
    message = dataclasses.replace(kind(), **_typed(kind, {**values, **given}))
    if problems := message.problems():
        raise CommandError(clean("; ".join(problems), LONGEST_ERROR), USAGE)
    return message


def _check_known(where: str, kind: type[object], values: Mapping[str, object]) -> None:
    known = [field.name for field in _fields(kind) if field.metadata.get("input", True)]
    if unknown := [name for name in values if name not in known]:
        names = ", ".join(repr(name) for name in unknown)
        raise CommandError(f"{where}: unknown field {clean(names, 200)}; allowed: {', '.join(known)}", USAGE)


def _typed(kind: type[object], values: Mapping[str, object]) -> dict[str, Any]:
    """Makes messages and choices of what JSON has for them; what does not fit stays, and is named later."""
    hints = get_type_hints(kind)
    return {name: _typed_value(name, hints[name], value) for name, value in values.items()}


def _typed_value(name: str, hint: object, value: object) -> object:
    if isinstance(hint, type) and dataclasses.is_dataclass(hint) and isinstance(value, dict):
        _check_known(name, hint, value)
        return hint(**_typed(hint, value))
    if isinstance(hint, type) and issubclass(hint, enum.Enum) and value in [each.value for each in hint]:
        return hint(value)
    return value


def _fields(kind: type[object]) -> tuple["dataclasses.Field[Any]", ...]:
    return dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ()
