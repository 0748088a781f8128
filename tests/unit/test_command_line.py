import errno
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer

from temporal.command_line import DONE, FAILED, NO_TEMPORAL, USAGE, CommandError, run_app
from temporal.config import ConfigError

ROOT = Path(__file__).parents[2]


def outcome_of(
    capsys: pytest.CaptureFixture[str], command: Callable[..., object], *arguments: str
) -> tuple[int, str]:
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command()(command)
    exit_code = run_app(app, arguments, name="program")
    return exit_code, capsys.readouterr().err


def raising(error: BaseException) -> Callable[[], None]:
    def command() -> None:
        raise error

    return command


def count(number: int, loud: bool = False) -> int:
    return number + loud


def test_a_command_that_returns_nothing_is_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome_of(capsys, lambda: None) == (DONE, "")


@pytest.mark.parametrize("exit_code", [DONE, FAILED, USAGE, NO_TEMPORAL])
def test_a_command_may_return_or_raise_its_exit_code(
    capsys: pytest.CaptureFixture[str], exit_code: int
) -> None:
    assert outcome_of(capsys, lambda: exit_code) == (exit_code, "")
    assert outcome_of(capsys, raising(typer.Exit(exit_code))) == (exit_code, "")


@pytest.mark.parametrize("exit_code", [FAILED, USAGE, NO_TEMPORAL])
def test_an_expected_failure_is_one_line_and_its_exit_code(
    capsys: pytest.CaptureFixture[str], exit_code: int
) -> None:
    error = CommandError("no such workflow;\n  look for it", exit_code)

    assert outcome_of(capsys, raising(error)) == (exit_code, "error: no such workflow; look for it\n")


def test_wrong_settings_are_one_line_each_and_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    error = ConfigError(["TASK_QUEUE='a b': allowed: this", "LOG_LEVEL='x': allowed: that"])

    exit_code, shown = outcome_of(capsys, raising(error))

    assert exit_code == USAGE
    assert shown.splitlines() == [f"error: {problem}" for problem in error.problems]


@pytest.mark.parametrize(
    "arguments", [[], ["one"], ["1", "2"], ["1", "--unknown"], ["--loud"], ["1", "--loud=x"]], ids=" ".join
)
def test_wrong_arguments_are_one_line_and_wrong_usage(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    exit_code, shown = outcome_of(capsys, count, *arguments)

    assert exit_code == USAGE
    assert shown.startswith("error: ")
    assert shown.count("\n") == 1


def test_right_arguments_reach_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome_of(capsys, count, "2", "--loud") == (3, "")


def test_help_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome_of(capsys, count, "--help") == (DONE, "")


@pytest.mark.parametrize("error", [KeyboardInterrupt(), typer.Abort(), EOFError()], ids=repr)
def test_an_interrupted_command_has_failed(capsys: pytest.CaptureFixture[str], error: BaseException) -> None:
    exit_code, shown = outcome_of(capsys, raising(error))

    assert exit_code == FAILED
    assert shown.splitlines()[-1] == "error: interrupted"


def test_a_failure_of_the_system_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    error = OSError(errno.ENOSPC, "No space left on device", "store.db")

    assert outcome_of(capsys, raising(error)) == (
        FAILED,
        "error: [Errno 28] No space left on device: 'store.db'\n",
    )


def test_a_fault_of_the_program_is_not_hidden(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError):
        outcome_of(capsys, raising(ZeroDivisionError()))


PROGRAM = """
import atexit, sys, threading
import typer
from temporal.command_line import CommandError, leave, run_app

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

@app.command()
def main(exit_code: int, lines: int = 1) -> None:
    threading.Thread(target=threading.Event().wait).start()  # as the SDK's threads, it never ends
    atexit.register(print, "finalized")
    for line in range(lines):
        print("line", line)
    if exit_code:
        raise CommandError("it failed", exit_code)

leave(run_app(app))
"""


def program(*arguments: str, stdout: int = subprocess.PIPE) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""}
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.run(command, env=environment, stdout=stdout, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("exit_code", [DONE, FAILED, USAGE, NO_TEMPORAL])
def test_a_program_leaves_with_its_exit_code_and_all_its_output_whatever_still_runs(exit_code: int) -> None:
    finished = program(str(exit_code), "--lines=2")

    assert finished.returncode == exit_code
    assert finished.stdout == "line 0\nline 1\n"
    assert finished.stderr == ("error: it failed\n" if exit_code else "")


@pytest.fixture
def pipe_without_reader() -> Iterator[int]:
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.mark.parametrize("lines", ["1", "100000"], ids=["at-the-end", "on-the-way"])
def test_a_reader_that_has_gone_is_a_failure_without_a_word(pipe_without_reader: int, lines: str) -> None:
    finished = program("0", f"--lines={lines}", stdout=pipe_without_reader)

    assert (finished.returncode, finished.stderr) == (FAILED, "")


def test_a_reader_that_has_gone_does_not_change_the_exit_code_of_a_failure(pipe_without_reader: int) -> None:
    finished = program(str(NO_TEMPORAL), stdout=pipe_without_reader)

    assert (finished.returncode, finished.stderr) == (NO_TEMPORAL, "error: it failed\n")


@pytest.mark.parametrize("lines", ["1", "100000"], ids=["at-the-end", "on-the-way"])
def test_output_that_is_lost_is_a_failure_without_a_traceback(lines: str) -> None:
    with Path("/dev/full").open("w") as full:
        finished = program("0", f"--lines={lines}", stdout=full.fileno())

    assert finished.returncode == FAILED
    assert "Traceback" not in finished.stderr
