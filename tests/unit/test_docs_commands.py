"""Every command that the documents name can be run as it stands: targets, scripts, modules, options."""

import importlib
import importlib.util
import re
import shlex
from pathlib import Path

import pytest
import typer

from temporal import command_line as code
from tests.markdown import DOCUMENTS, README, ROOT, code_spans, shell_lines, table
from tests.unit.test_docs_walkthrough import new_files

TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
PROGRAM = re.compile(r"(make|python|\.venv/bin/\S+|\.ci/\w+) ?")


def commands() -> list[list[str]]:
    """Returns the words of every command: lines of shell blocks, and code spans that begin with a program."""
    lines = [line for document in DOCUMENTS for line in shell_lines(document)]
    spans = [span for document in DOCUMENTS for span in code_spans(document) if PROGRAM.match(span)]
    return [shlex.split(line) for line in dict.fromkeys(lines + spans)]


def python_commands() -> list[list[str]]:
    """Returns what follows `python` in the commands: a script or a module, and its arguments."""
    return [words[1:] for words in commands() if Path(words[0]).name == "python" and words[1:]]


def module_of(words: list[str]) -> str:
    """Returns the module that a `python` command runs: the one it names, or the script's."""
    return words[1] if words[0] == "-m" else f"temporal.cli.{Path(words[0]).stem}"


def app_of(module: str) -> typer.Typer:
    """Returns the command line of one of our modules."""
    spec = importlib.util.find_spec(f"{module}.__main__" if is_package(module) else module)
    assert spec is not None, module
    app = importlib.import_module(spec.name).app
    assert isinstance(app, typer.Typer)
    return app


def is_package(module: str) -> bool:
    """Tells whether a module is a folder, which runs by its `__main__`."""
    spec = importlib.util.find_spec(module)
    return spec is not None and spec.submodule_search_locations is not None


def parse(app: typer.Typer, arguments: list[str]) -> None:
    """Parses a command line as the program would, and runs nothing.

    Raises:
        TyperException: The program would refuse it.
    """
    command = typer.main.get_command(app)
    if isinstance(command, typer.core.TyperGroup):
        assert arguments[0] in command.commands, arguments
        command, arguments = command.commands[arguments[0]], arguments[1:]
    command.make_context("program", [re.sub(r"^N$", "1", argument) for argument in arguments])


def test_every_make_target_that_is_named_exists() -> None:
    named = {word for words in commands() if words[0] == "make" for word in words[1:] if "=" not in word}

    assert {"demo", "test", "lint", "engine", "worker", "bench"} <= named
    assert named <= TARGETS


def test_every_script_that_is_named_exists_and_the_readme_names_them_all() -> None:
    named = {words[0] for words in python_commands() if words[0].endswith(".py")}

    assert named >= {f"scripts/{file.name}" for file in ROOT.glob("scripts/*.py")} - {"scripts/demo.py"}
    assert [script for script in named if not (ROOT / script).is_file()] == []


def test_every_module_that_is_run_exists() -> None:
    modules = {words[1] for words in python_commands() if words[0] == "-m"}

    assert modules >= {"temporal.engine", "temporal.store", "tests.histories.record"}
    assert [module for module in modules if importlib.util.find_spec(module) is None] == []


@pytest.mark.parametrize("words", [words for words in python_commands() if len(words) > 1], ids=shlex.join)
def test_the_arguments_of_a_command_are_ones_that_it_takes(words: list[str]) -> None:
    module, arguments = module_of(words), words[2:] if words[0] == "-m" else words[1:]
    if module.startswith("temporal."):
        if arguments:
            parse(app_of(module), arguments)
        return
    files = [argument for argument in arguments if argument.endswith(".py")]
    assert [file for file in files if file not in new_files() and not (ROOT / file).is_file()] == []


def test_the_readmes_exit_codes_are_those_of_the_code() -> None:
    rows = table(README, "Exit code")

    assert [int(row[0]) for row in rows] == [code.DONE, code.FAILED, code.USAGE, code.NO_TEMPORAL]
