"""A request's payload as a reader sees it: JSON becomes lists, tables and text, long values are folded.

Only plain values leave here; the templates escape them. Nothing of a payload is ever markup.
"""

import json
from dataclasses import dataclass, field
from enum import StrEnum

LONG_CHARACTERS = 240
"""A text longer than this is folded, in characters; about four lines on a screen."""

LONG_LINES = 6
"""A text of more lines than this is folded."""

MAX_DEPTH = 6
"""Deeper values are shown as JSON text: more nesting does not fit a phone."""

MAX_NODES = 1_000
"""Values shown one by one; what is beyond is shown as JSON text, so that no payload makes a page unusable."""

MAX_COLUMNS = 6
"""A list of like objects with at most this many fields is shown as a table."""


class Shape(StrEnum):
    """How a value is shown."""

    OBJECT = "object"
    ITEMS = "items"
    TABLE = "table"
    TEXT = "text"
    LONG = "long"
    NUMBER = "number"
    EMPTY = "empty"


@dataclass(frozen=True, kw_only=True)
class Node:
    """One value.

    Attributes:
        shape: How it is shown.
        text: The value, or of a folded one all of it.
        lead: How a folded value begins.
        entries: An object's fields, or the items of a list with their number from 1.
        columns: A table's fields.
        rows: A table's values, one list an item.
    """

    shape: Shape
    text: str = ""
    lead: str = ""
    entries: list[tuple[str, "Node"]] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    rows: list[list["Node"]] = field(default_factory=list)


def payload_view(value: object) -> Node:
    """Returns how a JSON value is shown."""
    return _Reader().node(value, 0)


def as_json(value: object) -> str:
    """Returns a value as JSON for people: indented, every character as it is where a page can hold it."""
    text = json.dumps(value, indent=2, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return json.dumps(value, indent=2)
    return text


class _Reader:
    def __init__(self) -> None:
        self._left = MAX_NODES

    def node(self, value: object, depth: int) -> Node:
        self._left -= 1
        match value:
            case {} | []:
                if not value:
                    return Node(shape=Shape.EMPTY, text="empty")
                if depth >= MAX_DEPTH or self._left < len(value):
                    return _folded(as_json(value))
        if isinstance(value, dict):
            entries = [(str(key), self.node(one, depth + 1)) for key, one in value.items()]
            return Node(shape=Shape.OBJECT, entries=entries)
        if isinstance(value, list):
            return self._table(value) or Node(
                shape=Shape.ITEMS,
                entries=[(str(number), self.node(one, depth + 1)) for number, one in enumerate(value, 1)],
            )
        return _scalar(value)

    def _table(self, items: list[object]) -> Node | None:
        rows = [item for item in items if isinstance(item, dict)]
        columns = list(rows[0]) if rows else []
        if len(rows) != len(items) or len(items) < 2 or not 2 <= len(columns) <= MAX_COLUMNS:
            return None
        cells = [[row.get(column) for column in columns] for row in rows]
        if any(list(row) != columns for row in rows) or len(items) * len(columns) > self._left:
            return None
        if any(isinstance(cell, dict | list) or _long(cell) for line in cells for cell in line):
            return None
        self._left -= len(items) * len(columns)
        return Node(
            shape=Shape.TABLE,
            columns=[str(column) for column in columns],
            rows=[[_scalar(cell) for cell in line] for line in cells],
        )


def _long(value: object) -> bool:
    return isinstance(value, str) and (len(value) > LONG_CHARACTERS or value.count("\n") >= LONG_LINES)


def _scalar(value: object) -> Node:
    if value is None:
        return Node(shape=Shape.EMPTY, text="none")
    if isinstance(value, bool):
        return Node(shape=Shape.TEXT, text="yes" if value else "no")
    if isinstance(value, int | float):
        return Node(shape=Shape.NUMBER, text=json.dumps(value))
    text = str(value)
    if not text.strip():
        return Node(shape=Shape.EMPTY, text="empty text" if not text else "blank text")
    return _folded(text) if _long(text) else Node(shape=Shape.TEXT, text=text)


def _folded(text: str) -> Node:
    lead = " ".join(text[:LONG_CHARACTERS].split())[:80]
    return Node(shape=Shape.LONG, text=text, lead=lead)
