"""How a setting is declared and read: a dataclass field that knows its variable, its parser, its secrecy."""

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
Parser = Callable[[str], T]
"""Turns a variable's text into a value, or raises ValueError that says what is allowed."""


class ConfigError(Exception):
    """Settings are wrong. `problems` has one line each, with the variable, its value and what is allowed."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("; ".join(problems))


@dataclass(frozen=True)
class Setting:
    """What a field's metadata says: the variable's name, how to parse it, and whether to mask its value."""

    variable: str
    parse: Parser[Any]
    secret: bool = False

    def problem(self, value: str, allowed: str) -> str:
        """Returns the one line that an unusable value gets, secrets masked."""
        shown = "***" if self.secret else without_password(value)
        return f"{self.variable}={shown!r}: {allowed}"


def without_password(value: str) -> str:
    """Masks what stands before an `@`: in a URL, or in what was meant to be one, that is a password.

    Up to the last `@`, because a password that nobody quoted may hold one.
    """
    return re.sub(r":.*@", ":***@", value, flags=re.DOTALL)


def setting(variable: str, parse: Parser[T], default: T, *, secret: bool = False) -> Any:
    """Declares a dataclass field that is read from `variable`; a secret one stays out of the repr."""
    return dataclasses.field(
        default=default, repr=not secret, metadata={"setting": Setting(variable, parse, secret)}
    )


def settings_of(section: type) -> dict[str, Setting]:
    """Returns the settings of a section, by field name."""
    return {
        field.name: field.metadata["setting"]
        for field in dataclasses.fields(section)
        if "setting" in field.metadata
    }


def read_section(section: type[T], environment: Mapping[str, str], problems: list[str]) -> T:
    """Builds a section from the environment.

    Args:
        section: A dataclass whose fields were made by `setting`.
        environment: Variables and values; the blank ones left out.
        problems: Gets one line for each unusable value, whose field then keeps its default.

    Returns:
        The section.
    """
    values: dict[str, Any] = {}
    for name, entry in settings_of(section).items():
        value = environment.get(entry.variable)
        if value is None:
            continue
        try:
            values[name] = entry.parse(value)
        except ValueError as error:
            problems.append(entry.problem(value, str(error)))
    return section(**values)


def text(pattern: str, allowed: str) -> Parser[str]:
    """Printable text that matches `pattern` whole."""

    def parse(value: str) -> str:
        if not value.isprintable() or not re.fullmatch(pattern, value):
            raise ValueError(f"allowed: {allowed}")
        return value

    return parse


def integer(least: int, most: int) -> Parser[int]:
    """A whole number from `least` to `most`."""

    def parse(value: str) -> int:
        # int() also takes "1_000" and "٣"; a setting does not.
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", value) or not least <= int(value) <= most:
            raise ValueError(f"allowed: a whole number from {least} to {most}")
        return int(value)

    return parse


def seconds(least: float, most: float) -> Parser[float]:
    """A duration in seconds from `least` to `most`."""

    def parse(value: str) -> float:
        # float() also takes "1e3", "inf" and "nan"; a setting does not.
        if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,9})?", value) or not least <= float(value) <= most:
            raise ValueError(f"allowed: seconds from {least:g} to {most:g}")
        return float(value)

    return parse


def one_of(*choices: str) -> Parser[str]:
    """One of the given words, in any case; the word as given here is returned."""

    def parse(value: str) -> str:
        for choice in choices:
            if value.lower() == choice.lower():
                return choice
        raise ValueError(f"allowed: {', '.join(choices)}")

    return parse


def path() -> Parser[Path]:
    """A path; `~` is the home folder."""

    def parse(value: str) -> Path:
        if "\0" in value:
            raise ValueError("allowed: a path without NUL")
        try:
            return Path(value).expanduser()
        except (RuntimeError, ValueError) as error:
            raise ValueError("allowed: a path; ~ or ~USER only for a home folder that exists") from error

    return parse
