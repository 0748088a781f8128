"""How every command of the project ends: with an exit code that tells, one line an error, no traceback."""

import os
import signal
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn

from temporal.settings import ConfigError

if TYPE_CHECKING:
    import typer

DONE = 0
FAILED = 1
USAGE = 2
NO_TEMPORAL = 3

INTERRUPTED = 130
"""What typer makes of Ctrl-C."""


class CommandError(Exception):
    """An expected failure: `message` is one line that says what to do, `exit_code` one of this module's."""

    def __init__(self, message: str, exit_code: int = FAILED) -> None:
        self.message = message
        self.exit_code = exit_code
        super().__init__(message)


def run_app(app: "typer.Typer", argv: Sequence[str] | None = None, *, name: str | None = None) -> int:
    """Runs a typer app and returns its exit code instead of leaving the process.

    Args:
        app: The app; a command reports an expected failure by raising CommandError.
        argv: The arguments, without the program's name; the process's own by default.
        name: The program's name in usage lines.

    Returns:
        DONE, FAILED, USAGE or NO_TEMPORAL.
    """
    import typer

    command = typer.main.get_command(app)
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        outcome = command.main(arguments, prog_name=name, standalone_mode=False)
    except typer.Abort:
        return _print_error("interrupted", FAILED)
    except SystemExit:  # typer's end when the reader of a pipe has gone: nobody is left to tell
        return FAILED
    except typer.TyperException as error:
        return _print_error(error.format_message(), USAGE)
    except (ConfigError, CommandError, OSError) as error:
        return report(error)
    if outcome == INTERRUPTED:
        return _print_error("interrupted", FAILED)
    return outcome if isinstance(outcome, int) else DONE


def run_without_arguments(command: Callable[[], int], *, name: str) -> int:
    """Runs a command that takes no arguments, and returns its exit code.

    typer answers `--help` and refuses what else is given. With nothing to parse it is not loaded: a worker's
    start is the time of its imports.
    """
    if sys.argv[1:]:
        import typer

        app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
        app.command()(command)
        return run_app(app, name=name)
    try:
        return command()
    except KeyboardInterrupt:
        return _print_error("interrupted", FAILED)
    except (ConfigError, CommandError, OSError) as error:
        return report(error)


def report(error: ConfigError | CommandError | OSError) -> int:
    """Prints an expected failure, an error a line, and returns the exit code that it stands for."""
    match error:
        case ConfigError():
            for problem in error.problems:
                _print_error(problem, USAGE)
            return USAGE
        case CommandError():
            return _print_error(error.message, error.exit_code)
        case _:  # a full disk, a folder without permission
            return _print_error(str(error), FAILED)


def clean_up_when_terminated() -> None:
    """Makes SIGTERM act as Ctrl-C, for a command that started processes which must not outlive it."""
    signal.signal(signal.SIGTERM, lambda number, frame: signal.raise_signal(signal.SIGINT))


def _print_error(message: str, exit_code: int) -> int:
    line = " ".join(message.split())
    print(f"error: {line}", file=sys.stderr)
    return exit_code


def leave(exit_code: int) -> NoReturn:
    """Ends the process at once with `exit_code`, after flushing what was printed; 1 if that is lost.

    A short program that used the Temporal client and just returns is now and then aborted by the runtime's
    threads while Python finalizes; its exit code would then be the signal's and not the verdict.
    """
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        exit_code = exit_code or FAILED
    finally:
        os._exit(exit_code)
