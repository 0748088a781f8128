"""What the scripts print: results on standard output, as one JSON object or as a table of names and values.

Text that comes from a workflow is data. Nothing in it is taken as markup, and no control character in it
reaches the terminal, where it could move the cursor, recolour or rewrite what is shown.
"""

import json
import sys
import unicodedata
from collections.abc import Iterator, Mapping

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

HIDDEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
"""Unicode categories that are shown as an escape: controls, direction marks, surrogates, line separators."""

LONGEST_VALUE = 500
"""Longest value in a table, in characters; JSON has everything."""


def clean(value: object, limit: int = LONGEST_VALUE) -> str:
    """Returns a value as one safe line of at most `limit` characters."""
    text = str(value)
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return "".join(
        character.encode("unicode_escape").decode()
        if unicodedata.category(character) in HIDDEN
        else character
        for character in text
    )


def print_facts(facts: Mapping[str, object], *, as_json: bool) -> None:
    """Prints what a command found out or did.

    Args:
        facts: Names and values; mappings and lists within are allowed.
        as_json: Whether to print one line of JSON; else a table, without what is None or empty.
    """
    if as_json:
        typer.echo(json.dumps(facts, default=str))
        return
    table = Table.grid(padding=(0, 2))
    for name, value in _rows(facts):
        table.add_row(Text(name, style="bold"), Text(value, overflow="fold"))
    # A file or a pipe gets whole lines: what reads them searches for words, not for columns.
    console = Console(width=None if sys.stdout and sys.stdout.isatty() else LONGEST_VALUE * 2)
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        typer.echo(line.rstrip())


def _rows(facts: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for key, value in facts.items():
        name = clean(str(key).replace("_", " "))
        if isinstance(value, Mapping):
            yield from ((f"{name}: {inner}", text) for inner, text in _rows(value))
        elif isinstance(value, list):
            for number, entry in enumerate(value):
                yield name if number == 0 else "", clean(_entry(entry))
        elif isinstance(value, bool):
            yield name, "yes" if value else "no"
        elif value is not None and value != "":
            yield name, clean(value)


def _entry(entry: object) -> str:
    if isinstance(entry, Mapping):
        return ", ".join(f"{name} {value}" for name, value in entry.items() if value not in (None, ""))
    return str(entry)
