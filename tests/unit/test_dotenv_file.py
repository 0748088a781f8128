import socket
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from temporal.dotenv_file import read_dotenv


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / ".env"


def read(file: Path, content: str) -> tuple[dict[str, str], list[str]]:
    file.write_text(content, encoding="utf-8", newline="")
    problems: list[str] = []
    return read_dotenv(file, problems), problems


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("NAME=value", "value"),
        ("NAME = value ", "value"),
        ("export NAME=value", "value"),
        ("NAME=", ""),
        ("NAME=a b # a comment", "a b"),
        ("NAME=a#b", "a#b"),
        ("NAME='a # b'", "a # b"),
        ('NAME="a \\"b\\"\\n"', 'a "b"\n'),
        ("NAME='first\nsecond'", "first\nsecond"),
        ("NAME=${HOME}$x", "${HOME}$x"),
        ("NAME=a=b", "a=b"),
        ("NAME=é", "é"),
        ("NAME=first\nNAME=last", "last"),
        ("\ufeffNAME=value", "value"),
        ("NAME=value\r\nOTHER=x\r\n", "value"),
    ],
)
def test_a_value_is_taken_as_written(file: Path, line: str, value: str) -> None:
    variables, problems = read(file, line)

    assert variables["NAME"] == value
    assert problems == []


def test_blank_lines_and_comments_are_passed_over(file: Path) -> None:
    assert read(file, "\n# NAME=value\n   \n  # more\n") == ({}, [])


@pytest.mark.parametrize(
    "bad",
    [
        "hunter22",
        "NAME hunter22",
        "NAME: hunter22",
        "NAME='hunter22",
        'NAME="hunter22',
        "NAME='hunter22' x",
        "=hunter22",
        "export hunter22",
    ],
)
def test_a_line_that_is_no_setting_is_named_by_its_number_without_its_text(file: Path, bad: str) -> None:
    variables, problems = read(file, f"FIRST=1\n\n# a comment\n\n\n{bad}\nLAST=2\n")

    assert problems == [f"{file} line 6: allowed: NAME=value, or # and a comment"]
    assert variables == {"FIRST": "1", "LAST": "2"}


def test_every_bad_line_is_named(file: Path) -> None:
    _, problems = read(file, "one\nNAME='a\nb'\n\ntwo\r\nthree")

    assert [problem.removeprefix(f"{file} line ").partition(":")[0] for problem in problems] == [
        "1",
        "5",
        "6",
    ]


def test_a_missing_file_is_no_error(file: Path) -> None:
    problems: list[str] = []

    assert read_dotenv(file, problems) == {}
    assert problems == []


def test_a_folder_of_that_name_is_no_error(file: Path) -> None:
    file.mkdir()
    problems: list[str] = []

    assert read_dotenv(file, problems) == {}
    assert problems == []


def test_a_file_that_is_not_utf8_is_one_line(file: Path) -> None:
    file.write_bytes(b"NAME=\xff")
    problems: list[str] = []

    assert read_dotenv(file, problems) == {}
    assert problems == [f"{file}: cannot be read: not UTF-8"]


def test_a_file_that_cannot_be_opened_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    problems: list[str] = []

    with socket.socket(socket.AF_UNIX) as no_file:
        no_file.bind(".env")
        assert read_dotenv(Path(".env"), problems) == {}

    [line] = problems
    assert line.startswith(".env: cannot be read: ")


@settings(deadline=None)
@given(content=st.text())
def test_any_content_is_read_or_named_by_line_numbers_of_the_file(
    tmp_path_factory: pytest.TempPathFactory, content: str
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.env"

    variables, problems = read(file, content)

    assert all(isinstance(value, str) for value in variables.values())
    numbers = [int(problem.removeprefix(f"{file} line ").partition(":")[0]) for problem in problems]
    assert numbers == sorted(set(numbers))
    assert all(1 <= number <= content.count("\n") + content.count("\r") + 1 for number in numbers)
