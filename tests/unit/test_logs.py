import json
import logging
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from temporalio import activity, workflow
from temporalio.testing import ActivityEnvironment, WorkflowEnvironment
from temporalio.worker import Worker

from temporal.logs import HumanLines, JsonLines
from tests.logging_workflow import LoggingWorkflow

ROOT = Path(__file__).parents[2]
TEST_SERVER = Path(sys.executable).parent / "temporal-test-server"

log = logging.getLogger("tests.logs")


@pytest.fixture(autouse=True)
def messages_without_ids() -> Iterator[None]:
    """As `set_up_logs` has it; that call itself would change the whole test run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workflow.logger, "workflow_info_on_message", False)
        patch.setattr(activity.logger, "activity_info_on_message", False)
        yield


def record_of(message: str, **extra: object) -> logging.LogRecord:
    return log.makeRecord(log.name, logging.WARNING, __file__, 1, message, (), None, extra=extra)


def as_json(record: logging.LogRecord) -> dict[str, object]:
    line = JsonLines().format(record)
    assert "\n" not in line
    parsed = json.loads(line, parse_constant=pytest.fail)
    assert isinstance(parsed, dict)
    return parsed


def test_a_json_line_says_when_how_bad_who_and_what() -> None:
    record = record_of("two\nlines")

    assert as_json(record) == {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": "WARNING",
        "logger": "tests.logs",
        "message": "two\nlines",
    }


def test_a_json_line_has_the_extras_but_never_in_place_of_its_own_fields() -> None:
    line = as_json(record_of("message", level="mine", time="mine", size=3))

    assert (line["level"], line["size"]) == ("WARNING", 3)
    assert line["time"] != "mine"


@settings(deadline=None)
@given(message=st.text(st.characters(exclude_categories=[])), value=st.recursive(st.text(), st.lists))
def test_any_text_is_one_line_in_either_format(message: str, value: object) -> None:
    record = record_of(message.replace("%", ""), value=value, temporal_workflow={"workflow_id": message})

    assert as_json(record)["message"] == record.getMessage()
    assert as_json(record)["workflow_id"] == message
    assert JsonLines().format(record).isascii()
    assert HumanLines().format(record).isprintable()


def test_a_value_that_json_lacks_becomes_text() -> None:
    itself: list[object] = []
    itself.append(itself)

    assert as_json(record_of("x", path=Path("a/b")))["path"] == "a/b"
    assert as_json(record_of("x", number=math.nan))["number"] == "nan"
    assert as_json(record_of("x", itself=itself))["itself"] == "[[...]]"
    assert as_json(record_of("x", pairs={(1, 2): 3, "a": 4}))["pairs"] == {"a": 4}


def test_an_exception_is_in_the_json_line_and_below_the_human_one() -> None:
    try:
        raise ValueError("it\nbroke")
    except ValueError:
        record = record_of("failed")
        record.exc_info = sys.exc_info()

    assert str(as_json(record)["exception"]).endswith("ValueError: it\nbroke")
    first, *below = HumanLines().format(record).splitlines()
    assert first.endswith("failed")
    assert below[-2:] == ["ValueError: it", "broke"]


def test_a_line_of_an_activity_has_its_ids(caplog: pytest.LogCaptureFixture) -> None:
    environment = ActivityEnvironment()
    info = environment.info
    environment.run(activity.logger.warning, "from the activity")

    [record] = caplog.records
    line = as_json(record)

    assert line["message"] == "from the activity"
    assert (line["workflow_id"], line["run_id"]) == (info.workflow_id, info.workflow_run_id)
    assert (line["activity_type"], line["activity_id"]) == (info.activity_type, info.activity_id)
    assert (line["attempt"], line["workflow_type"]) == (info.attempt, info.workflow_type)
    assert f"workflow_id={info.workflow_id}" in HumanLines().format(record)
    assert f"run_id={info.workflow_run_id}" in HumanLines().format(record).split()


async def test_a_line_of_a_workflow_has_its_ids(caplog: pytest.LogCaptureFixture) -> None:
    async with (
        await WorkflowEnvironment.start_time_skipping(test_server_existing_path=str(TEST_SERVER)) as server,
        Worker(server.client, task_queue="logs", workflows=[LoggingWorkflow]),
    ):
        handle = await server.client.start_workflow(LoggingWorkflow.run, id="order 1\n", task_queue="logs")
        await handle.result()

    [record] = [record for record in caplog.records if record.getMessage() == "from the workflow"]
    line = as_json(record)

    assert (line["workflow_id"], line["run_id"]) == ("order 1\n", handle.first_execution_run_id)
    assert (line["workflow_type"], line["attempt"]) == ("LoggingWorkflow", 1)
    assert "workflow_id=order 1\\n " in HumanLines().format(record)


PROGRAM = """
import logging, sys
from temporalio import activity, workflow
from temporalio.testing import ActivityEnvironment
from temporal.config import LogSettings
from temporal.logs import set_up_logs

set_up_logs(LogSettings(level="WARNING", format=sys.argv[1]))
assert not workflow.logger.workflow_info_on_message
print("output")
logging.getLogger("any").info("below the level")
logging.getLogger("any").warning("größer \\udcff \\U0001f600\\nnext")
ActivityEnvironment().run(activity.logger.warning, "%d%% done", 50)
"""


def lines_of(form: str) -> list[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    child = subprocess.run(
        [sys.executable, "-c", PROGRAM, form], env=environment, capture_output=True, text=True, check=True
    )
    assert child.stdout == "output\n"
    return child.stderr.splitlines()


def test_json_logs_parse_line_by_line_whatever_the_encoding_of_standard_error() -> None:
    first, second = (json.loads(line) for line in lines_of("json"))

    assert first["message"] == "größer \udcff \U0001f600\nnext"
    assert second["message"] == "50% done"
    assert second["workflow_id"]


def test_human_logs_are_one_line_each() -> None:
    first, second = lines_of("human")

    assert first.endswith("\\nnext")
    assert "50% done " in second
    assert " workflow_id=" in second
