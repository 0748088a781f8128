"""A worker's own death in the middle of an activity, once a run."""

import os
import signal
from pathlib import Path

RECORD = "died"
"""The file that tells which process died; its time tells when."""


def die_once(folder: Path) -> None:
    """SIGKILLs this process, unless one of the run has died here already."""
    try:
        with (folder / RECORD).open("x") as record:
            record.write(str(os.getpid()))
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
