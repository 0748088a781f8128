"""Visibility queries from parts; values are quoted, so that no name can say more than its value.

Names with a quotation mark or a backslash never come here: see `identity.UNSEARCHABLE`.
"""

from collections.abc import Iterable


def quoted(value: str) -> str:
    """Returns a value as the server's query parser reads it back: in quotes, backslash and quote escaped."""
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def equals(attribute: str, value: str) -> str:
    """Returns the condition that an attribute has a value."""
    return f"{attribute} = {quoted(value)}"


def any_of(attribute: str, values: Iterable[str]) -> str:
    """Returns the condition that an attribute has, or a list of it holds, one of the values."""
    return f"{attribute} IN ({', '.join(quoted(value) for value in values)})"


def none_of(attribute: str, values: Iterable[str]) -> str:
    """Returns the condition that an attribute has, or a list of it holds, none of the values."""
    return f"{attribute} NOT IN ({', '.join(quoted(value) for value in values)})"


def both(*conditions: str) -> str:
    """Returns the condition that all hold."""
    return " AND ".join(conditions)


def either(*conditions: str) -> str:
    """Returns the condition that one holds, as one term."""
    return f"({' OR '.join(conditions)})"
