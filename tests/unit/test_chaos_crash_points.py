"""The variables of a crash point, and when it is reached; the crash itself is an integration test."""

from pathlib import Path

import pytest
from temporalio.testing import ActivityEnvironment

from temporal.chaos.crash_points import CrashPoint, Moment, crash_point, read_crash
from temporal.command_line import USAGE, CommandError


def test_the_point_is_read_from_its_variables(tmp_path: Path) -> None:
    record = tmp_path / "crash.json"
    variables = {"CRASH_POINT": "process_step:after-effect", "CRASH_RECORD": str(record)}
    expected = CrashPoint(activity="process_step", moment=Moment.AFTER_EFFECT, record=record)
    assert crash_point(variables) == expected
    assert expected.name == "process_step:after-effect"
    assert crash_point({**variables, "CRASH_WORKFLOW_ID_PREFIX": "chaos-"}).workflow_id_prefix == "chaos-"


@pytest.mark.parametrize(
    ("point", "record"),
    [
        ("", "file"),
        ("process_step", "file"),
        (":after-effect", "file"),
        ("process_step:someday", "file"),
        ("process_step:after-effect", ""),
    ],
)
def test_a_point_that_cannot_be_used_is_wrong_usage(point: str, record: str) -> None:
    with pytest.raises(CommandError, match="CRASH_") as raised:
        crash_point({"CRASH_POINT": point, "CRASH_RECORD": record})
    assert raised.value.exit_code == USAGE


@pytest.mark.parametrize(
    ("activity", "moment", "prefix"),
    [
        ("another", Moment.AFTER_EFFECT, ""),
        ("unknown", Moment.BEFORE_EFFECT, ""),
        ("unknown", Moment.AFTER_EFFECT, "another-workflow"),
    ],
)
def test_elsewhere_nothing_happens(tmp_path: Path, activity: str, moment: Moment, prefix: str) -> None:
    point = CrashPoint(
        activity=activity,
        moment=Moment.AFTER_EFFECT,
        record=tmp_path / "crash.json",
        workflow_id_prefix=prefix,
    )
    ActivityEnvironment().run(
        point.reached, moment
    )  # its activity's type is `unknown`, its workflow's id `test`
    assert read_crash(point.record) is None


def test_a_crash_that_is_on_record_does_not_happen_again(tmp_path: Path) -> None:
    record = tmp_path / "crash.json"
    record.write_text("{}")
    point = CrashPoint(activity="unknown", moment=Moment.AFTER_EFFECT, record=record)
    ActivityEnvironment().run(point.reached, Moment.AFTER_EFFECT)  # and this process lives to tell
    assert record.read_text() == "{}"
