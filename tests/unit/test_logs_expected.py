"""An expected failure in a log is one line; an unexpected one keeps its traceback."""

import json
import logging
import sys

import pytest

from temporal.command_line import CommandError
from temporal.logs import HumanLines, JsonLines


def record_of(error: Exception) -> logging.LogRecord:
    try:
        raise error
    except Exception:
        return logging.LogRecord("sdk", logging.ERROR, __file__, 1, "it failed", None, sys.exc_info())


def wrapped() -> Exception:
    """As the SDK raises what came of a payload."""
    error = RuntimeError("failed decoding")
    error.__cause__ = CommandError("no key: set one")
    return error


@pytest.mark.parametrize("error", [CommandError("no key: set one"), wrapped()], ids=["itself", "as a cause"])
def test_an_expected_failure_is_one_line(error: Exception) -> None:
    record = record_of(error)
    assert HumanLines().format(record).splitlines()[1:] == ["CommandError: no key: set one"]
    assert json.loads(JsonLines().format(record))["exception"] == "CommandError: no key: set one"


def test_any_other_exception_keeps_its_traceback() -> None:
    record = record_of(ValueError("odd"))
    for shown in (HumanLines().format(record), json.loads(JsonLines().format(record))["exception"]):
        assert "Traceback" in shown
        assert shown.endswith("ValueError: odd")
