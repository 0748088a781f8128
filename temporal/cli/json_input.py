"""What a user gives as JSON, read strictly: from the command line itself, a file or standard input."""

import json
import math
import sys
from pathlib import Path
from typing import BinaryIO

from temporal.cli.output import clean
from temporal.command_line import USAGE, CommandError
from temporal.messages.validation import MAX_PAYLOAD_BYTES

MAX_SOURCE_BYTES = 4 * MAX_PAYLOAD_BYTES
"""Largest text that is read, in bytes: four times what may be sent, for indentation and escapes."""

MAX_DEPTH = 50
"""Deepest nesting: far below what any decoder between here and a worker takes."""


def read_object(option: str, source: str) -> dict[str, object]:
    """Reads one JSON object.

    Args:
        option: What the user calls it, for the message.
        source: The object itself, the name of a file, or `-` for standard input.

    Raises:
        CommandError: It cannot be read or is no sound JSON object (exit code 2).
    """
    is_json = source.lstrip().startswith(("{", "[", '"'))
    value = parse_json(option, source if is_json else _content(option, source))
    if not isinstance(value, dict):
        raise _wrong(option, f"must be a JSON object, not {type(value).__name__}")
    return value


def parse_json(option: str, text: str) -> object:
    """Parses one JSON value: no duplicate keys, no NaN or infinity, no lone surrogates, nothing too deep.

    Raises:
        CommandError: It breaks a rule (exit code 2).
    """
    try:
        value: object = json.loads(
            text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_finite
        )
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError:
        raise _wrong(option, f"nested more than {MAX_DEPTH} deep") from None
    except UnicodeEncodeError:
        raise _wrong(option, "holds half a surrogate pair, which is no character") from None
    except ValueError as error:
        raise _wrong(option, f"not valid JSON: {error}") from None
    if _is_deep(value):
        raise _wrong(option, f"nested more than {MAX_DEPTH} deep")
    return value


def _content(option: str, source: str) -> str:
    shown = "standard input" if source == "-" else clean(repr(source), 100)
    try:
        if source == "-":
            if sys.stdin is None:
                raise _wrong(option, "standard input is closed")
            content = _bounded(sys.stdin.buffer)
        else:
            with Path(source).expanduser().open("rb") as file:
                content = _bounded(file)
        if len(content) > MAX_SOURCE_BYTES:
            raise _wrong(option, f"{shown}: at most {MAX_SOURCE_BYTES} bytes are read")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _wrong(option, f"{shown}: not UTF-8 text") from None
    except OSError as error:
        raise _wrong(option, f"no JSON object, and no file to read: {shown}: {error.strerror}") from None
    except (ValueError, RuntimeError) as error:  # NUL in a name; ~ of a user that does not exist
        raise _wrong(option, f"{shown}: {error}") from None


def _bounded(file: BinaryIO) -> bytes:
    return file.read(MAX_SOURCE_BYTES + 1)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"key {clean(repr(key), 100)} twice in one object")
        found[key] = value
    return found


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{clean(text, 40)} is too large a number")
    return value


def _is_deep(value: object) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for entry in level
            if isinstance(entry, dict | list)
            for inner in (entry.values() if isinstance(entry, dict) else entry)
        ]
    return any(isinstance(entry, dict | list) for entry in level)


def _wrong(option: str, problem: str) -> CommandError:
    return CommandError(f"{option}: {problem}", USAGE)
