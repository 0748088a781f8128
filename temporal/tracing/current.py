"""The ids of the trace that the code at hand is part of, for logs."""

from collections.abc import Callable

Ids = dict[str, str]

_lookup: Callable[[], Ids] | None = None


def use(lookup: Callable[[], Ids]) -> None:
    """Has the ids looked up by OpenTelemetry, which is loaded now.

    Whoever logs cannot look for it among the loaded modules: within a workflow those are the sandbox's own.
    """
    global _lookup
    _lookup = lookup


def trace_ids() -> Ids:
    """Returns `trace_id` and `span_id` in hexadecimal; nothing outside of a trace or with tracing off."""
    return _lookup() if _lookup else {}
