import os
from pathlib import Path

import pytest

from benchmarks.recovery.notes import Kind, Note, NoteReader, add_note, held_by, open_notes

DEAD, LIVING = 10, 20


def test_a_note_is_read_as_it_was_written(tmp_path: Path) -> None:
    reader = NoteReader(tmp_path / "notes")
    assert reader.read() == []
    open_notes(tmp_path / "notes")
    add_note(Kind.UP)
    add_note(Kind.TASK, "workflow with spaces")
    first, second = reader.read()
    assert (first.pid, first.kind, first.workflow_id) == (os.getpid(), Kind.UP, "")
    assert (second.kind, second.workflow_id) == (Kind.TASK, "workflow with spaces")
    assert first.at <= second.at


def test_a_line_that_is_not_whole_yet_is_read_later(tmp_path: Path) -> None:
    file = tmp_path / "notes"
    file.write_text("1.0 10 up \n2.0 10 ta")
    reader = NoteReader(file)
    assert reader.read() == [Note(1.0, DEAD, Kind.UP)]
    file.write_text("1.0 10 up \n2.0 10 task one\n")
    assert reader.read() == [Note(1.0, DEAD, Kind.UP), Note(2.0, DEAD, Kind.TASK, "one")]


def test_a_workflow_is_held_by_who_ran_its_latest_task_before_the_kill() -> None:
    notes = [
        Note(1, DEAD, Kind.TASK, "kept"),
        Note(1, DEAD, Kind.TASK, "moved away"),
        Note(2, LIVING, Kind.TASK, "moved away"),
        Note(2, LIVING, Kind.TASK, "moved here"),
        Note(3, DEAD, Kind.TASK, "moved here"),
        Note(9, DEAD, Kind.TASK, "too late"),
        Note(9, LIVING, Kind.TASK, "kept"),
    ]
    assert held_by(DEAD, 5, notes).cached == {"kept", "moved here"}


@pytest.mark.parametrize("ended", [True, False])
def test_an_activity_is_held_until_it_has_ended(ended: bool) -> None:
    notes = [
        Note(1, DEAD, Kind.BEGIN, "working"),
        Note(1, LIVING, Kind.BEGIN, "elsewhere"),
        *([Note(2, DEAD, Kind.END, "working")] if ended else []),
    ]
    held = held_by(DEAD, 5, notes)
    assert held.working == (frozenset() if ended else {"working"})
    assert held.workflows == held.working


def test_a_second_activity_of_a_workflow_is_held_though_the_first_has_ended() -> None:
    notes = [
        Note(number, DEAD, kind, "one") for number, kind in enumerate((Kind.BEGIN, Kind.END, Kind.BEGIN))
    ]
    assert held_by(DEAD, 5, notes).working == {"one"}
