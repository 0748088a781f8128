"""`python -m temporal.encryption`: makes keys that only their owner can read, and rotates them."""

import stat
from pathlib import Path

import pytest

from temporal.command_line import DONE, FAILED, USAGE, run_app
from temporal.encryption.__main__ import app
from temporal.encryption_settings import read_keys


def run(*arguments: str) -> int:
    return run_app(app, arguments)


def test_a_new_file_holds_one_key_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    assert run("new-key", str(file), "--id", "first") == DONE
    assert [key.id for key in read_keys(file.read_text()).keys] == ["first"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_file_that_exists_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    run("new-key", str(file))
    before = file.read_bytes()
    assert run("new-key", str(file)) == FAILED
    assert file.read_bytes() == before


def test_an_added_key_comes_last_and_the_file_stays_private(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    for arguments in (["--id", "first"], ["--add", "--id", "second"], ["--add"]):
        assert run("new-key", str(file), *arguments) == DONE
    ids = [key.id for key in read_keys(file.read_text()).keys]
    assert (ids[:2], len(set(ids))) == (["first", "second"], 3)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_an_id_that_is_taken_is_not_added(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    run("new-key", str(file), "--id", "first")
    before = file.read_bytes()
    assert run("new-key", str(file), "--add", "--id", "first") == FAILED
    assert file.read_bytes() == before


def test_nothing_is_added_to_what_holds_no_keys(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_bytes(b"\xff")
    assert run("new-key", str(file), "--add") == FAILED
    assert file.read_bytes() == b"\xff"


def test_an_id_that_no_key_can_have_is_wrong_usage(tmp_path: Path) -> None:
    assert run("new-key", str(tmp_path / "keys"), "--id", "two words") == USAGE


def test_the_list_shows_ids_and_no_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "keys"
    run("new-key", str(file), "--id", "first")
    run("new-key", str(file), "--add", "--id", "second")
    shown = capsys.readouterr().out
    assert run("list", str(file)) == DONE
    listed = capsys.readouterr().out
    assert [line.split()[0] for line in listed.splitlines()] == ["first", "second"]
    secrets = [line.partition(":")[2] for line in file.read_text().splitlines() if not line.startswith("#")]
    assert not any(secret in shown + listed for secret in secrets)
