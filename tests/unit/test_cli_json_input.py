"""JSON from a user: what is read, from where, and what is refused."""

import io
import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from temporal.cli.json_input import MAX_DEPTH, MAX_SOURCE_BYTES, parse_json, read_object
from temporal.command_line import USAGE, CommandError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_every_sound_value_is_read_as_it_was_written(value: object) -> None:
    assert parse_json("--payload", json.dumps(value)) == value


@given(st.text() | st.sampled_from(["{", "[1", '{"a":', "]", "1 2", "'a'", "\ufeff{}", "+1", "01", ".5"]))
def test_any_text_is_read_or_refused_in_one_way(text: str) -> None:
    message = "--payload: "
    try:
        parse_json("--payload", text)
    except CommandError as error:
        message = error.message
    assert message.startswith("--payload: ")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"a": 1, "a": 1}', "key 'a' twice"),
        ('{"a": {"b": 1, "b": 2}}', "key 'b' twice"),
        ("NaN", "NaN"),
        ("[-Infinity]", "-Infinity"),
        ("1e999", "1e999"),
        ("1" * 5_000, "digits"),
        (r'"\ud800"', "surrogate"),
        (r'{"\udfff": 1}', "surrogate"),
        ("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1), "deep"),
        ("[" * 200_000, "deep"),
        ("", "Expecting value"),
    ],
)
def test_what_a_worker_could_not_take_is_refused(text: str, named: str) -> None:
    with pytest.raises(CommandError) as caught:
        parse_json("--payload", text)
    assert caught.value.exit_code == USAGE
    assert named in caught.value.message


def test_the_deepest_allowed_nesting_is_read() -> None:
    value = parse_json("--payload", "[" * MAX_DEPTH + "]" * MAX_DEPTH)
    for _ in range(MAX_DEPTH - 1):
        assert isinstance(value, list)
        [value] = value
    assert value == []


def test_an_object_is_given_in_place_or_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "input.json"
    file.write_bytes(b'\xef\xbb\xbf {"a": "\xc3\xa9"}\n')  # an editor's byte order mark
    assert read_object("--input", str(file)) == {"a": "é"}
    assert read_object("--input", ' {"a": "é"}') == {"a": "é"}


def test_an_object_is_read_from_a_pipe(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as pipe:
        pipe.write('{"a": 1}')
    try:
        assert read_object("--input", f"/dev/fd/{reading}") == {"a": 1}
    finally:
        os.close(reading)


def test_an_object_is_read_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b'{"a": 1}')))
    assert read_object("--input", "-") == {"a": 1}


def test_closed_standard_input_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", None)
    with pytest.raises(CommandError, match="standard input is closed"):
        read_object("--input", "-")


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("[1]", "not list"),
        ('"text"', "not str"),
        ("nowhere.json", "No such file"),
        ("x" * 5_000, "too long"),
        (".", "directory"),
        ("a\0b", "null"),
        ("~nobody-of-that-name/x", "home"),
        ("/dev/zero", f"at most {MAX_SOURCE_BYTES} bytes"),
        ("latin1.json", "not UTF-8"),
        ("number.json", "not int"),
    ],
)
def test_no_readable_object_is_refused(
    source: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("latin1.json").write_bytes(b'{"a": "\xe9"}')
    Path("number.json").write_text("7")
    with pytest.raises(CommandError) as caught:
        read_object("--input", source)
    assert caught.value.exit_code == USAGE
    assert named in caught.value.message
    assert len(caught.value.message) < 300
