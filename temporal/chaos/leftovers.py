"""What a harness leaves when it is SIGKILLed, and how the next one cleans it up.

Every harness has a folder that names its process, and every process that it starts has the harness's id in
its environment, inherited by descendants: nothing has to be written down before it is started.
"""

import asyncio
import json
import os
import shutil
import tempfile
import time
import uuid
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from temporal.chaos.processes import marked
from temporal.chaos.targets.stack import remove_project

HARNESS_VARIABLE = "CHAOS_HARNESS"
MANIFEST = "harness.json"

PROJECT_PREFIX = "chaos-"
"""How the name of its Compose project begins; the harness's id follows."""

GROUP_PREFIX = "chaos-"
"""How the names of its control groups begin; the harness's id follows."""

YOUNG_SECONDS = 10.0
"""A folder without a manifest is left alone for so long, in seconds: its harness may be about to write it."""


class Harness:
    """One run of the harness, as a context manager: cleans up after dead ones, then after itself.

    Attributes:
        id: Its own name, part of every name that it gives.
        folder: Where everything of it goes that nobody wants to keep.
        project: The Compose project that it may start.
    """

    def __init__(self) -> None:
        self.id = uuid.uuid4().hex[:12]
        self.folder = home() / self.id
        self.project = PROJECT_PREFIX + self.id

    def __enter__(self) -> Self:
        """Cleans up after harnesses that are no more, and takes a folder."""
        home().mkdir(mode=0o700, parents=True, exist_ok=True)
        clean_up_after_the_dead()
        self.folder.mkdir(mode=0o700)
        mine = psutil.Process()
        told = {"pid": mine.pid, "created": mine.create_time()}
        (self.folder / MANIFEST).write_text(json.dumps(told))
        os.environ[HARNESS_VARIABLE] = self.id
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends what is left of it, however it ends."""
        os.environ.pop(HARNESS_VARIABLE, None)
        clean_up(self.folder)


def home() -> Path:
    """Returns the folder in which harnesses of this user keep theirs."""
    return Path(tempfile.gettempdir()) / f"durable-workflows-chaos-{os.getuid()}"


def clean_up_after_the_dead() -> list[str]:
    """Cleans up after every harness whose process is gone; returns their ids."""
    found = []
    for folder in home().iterdir():
        if folder.is_dir() and not _lives(folder):
            clean_up(folder)
            found.append(folder.name)
    return found


def clean_up(folder: Path) -> None:
    """Kills the processes of a harness and removes its containers, its memory groups and its folder."""
    while left := marked(folder.name, HARNESS_VARIABLE):  # again: one may have been about to start another
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=5)
    if (folder / "stack").exists():
        asyncio.run(remove_project(PROJECT_PREFIX + folder.name))
    for group in Path("/sys/fs/cgroup").glob(f"**/{GROUP_PREFIX}{folder.name}-*"):
        with suppress(OSError):
            group.rmdir()
    shutil.rmtree(folder, ignore_errors=True)


def _lives(folder: Path) -> bool:
    try:
        told = json.loads((folder / MANIFEST).read_text())
        process = psutil.Process(told["pid"])
        return bool(process.create_time() == told["created"] and process.status() != psutil.STATUS_ZOMBIE)
    except FileNotFoundError:  # it has made its folder this very moment, or never got further
        return bool(folder.exists() and _young(folder))
    except (OSError, ValueError, KeyError, TypeError, psutil.NoSuchProcess):
        return False


def _young(folder: Path) -> bool:
    return time.time() - folder.stat().st_mtime < YOUNG_SECONDS
