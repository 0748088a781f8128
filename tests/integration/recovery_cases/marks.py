"""Files that outlive a worker: what has happened once does not happen again in the worker that follows."""

import os
import signal
from pathlib import Path

FOLDER = "CASES_FOLDER"
"""The variable that names the folder."""


def mark(name: str) -> Path:
    """Returns the file of a mark."""
    return Path(os.environ[FOLDER]) / name


def first(name: str) -> bool:
    """Tells whether this is the first call for `name` in any process; the file then holds this one's id."""
    try:
        with mark(name).open("x") as file:
            file.write(str(os.getpid()))
    except FileExistsError:
        return False
    return True


def die_once(name: str) -> None:
    """SIGKILLs its own process, the first time that it is called for `name`; an empty name never dies."""
    if name and first(name):
        os.kill(os.getpid(), signal.SIGKILL)
