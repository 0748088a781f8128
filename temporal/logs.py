"""Logs on standard error: one line an event, for people or for a collector, with workflow and run ids."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from temporalio import activity, workflow

from temporal.command_line import CommandError
from temporal.config import LogSettings
from temporal.tracing.current import trace_ids

if TYPE_CHECKING:
    from logging import _SysExcInfoType

CONTEXTS = ("temporal_workflow", "temporal_activity")
NO_EXTRAS = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName", "temporal_log", *CONTEXTS}
"""A record's own attributes, and those that the SDK adds."""
IDS = ("workflow_id", "run_id", "workflow_run_id", "workflow_type", "activity_type", "activity_id", "attempt")


def set_up_logs(settings: LogSettings) -> None:
    """Sends every log record to standard error in the format and from the level of the settings."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if settings.format == "json" else HumanLines())
    logging.basicConfig(level=settings.level, handlers=[handler], force=True)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # it tells of every plugin when it migrates
    # The formatters show the ids: the SDK need not add them to the message as a dict.
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False


class JsonLines(logging.Formatter):
    """One JSON object a line: time (ISO 8601, UTC), level, logger, message, ids, trace, extras, exception."""

    def format(self, record: logging.LogRecord) -> str:
        """Formats one record; a value that JSON lacks becomes text, an extra never hides a field of ours."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **ids(record),
            **trace_ids(),
        }
        if record.exc_info:
            line["exception"] = exception_text(record.exc_info, self)
        extras = vars(record).items()
        line |= {name: value for name, value in extras if name not in NO_EXTRAS | line.keys()}
        try:
            # ASCII, as standard error may have another encoding than UTF-8.
            return json.dumps(line, default=str, skipkeys=True, allow_nan=False)
        except ValueError:  # NaN, or a value that holds itself
            return json.dumps({name: str(value) for name, value in line.items()})


class HumanLines(logging.Formatter):
    """Time, level, message and ids on one line, what cannot be printed escaped; an exception goes below."""

    def format(self, record: logging.LogRecord) -> str:
        """Formats one record."""
        time = datetime.fromtimestamp(record.created).astimezone().strftime("%H:%M:%S.%f")[:-3]
        named = " ".join(f"{name}={value}" for name, value in ids(record).items())
        line = f"{time} {record.levelname:<7} {record.getMessage()} {named}".rstrip()
        line = "".join(each if each.isprintable() else repr(each)[1:-1] for each in line)
        return f"{line}\n{exception_text(record.exc_info, self)}" if record.exc_info else line


def exception_text(info: "_SysExcInfoType", formatter: logging.Formatter) -> str:
    """Returns an expected failure as its one line, whoever logs it, and any other exception's traceback."""
    error = info[1]
    while error is not None:
        if isinstance(error, CommandError):
            return f"{type(error).__name__}: {error.message}"
        error = error.__cause__
    return formatter.formatException(info)


def ids(record: logging.LogRecord) -> dict[str, object]:
    """Returns the workflow's and activity's ids that the SDK's loggers put on a record."""
    found: dict[str, object] = {}
    for context in CONTEXTS:
        values = getattr(record, context, None) or {}
        found |= {name: values[name] for name in IDS if name in values}
    if "workflow_run_id" in found:  # the activity logger's name for it
        found["run_id"] = found.pop("workflow_run_id")
    return found
