"""A stack whose PostgreSQL has a small disk: a test fills it and makes room again."""

import subprocess
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tests.stack.compose_stack import DOCKER, Stack

OVERRIDE = Path(__file__).with_name("overrides") / "small_disk.yml"

ENOUGH, TOO_LITTLE = "200m", "20m"
"""A disk for the databases and some workflows, and one on which PostgreSQL cannot even make its files."""

BALLAST = "/disk/ballast"


class SmallDiskStack(Stack):
    """The stack with its data on a disk of `size`.

    Args:
        folder: Where its passwords are kept.
        project: Its Compose project.
        size: How big the disk is, as mount's option `size` has it.
    """

    def __init__(self, folder: Path, project: str, size: str) -> None:
        super().__init__(folder, project, OVERRIDE)
        self.variables["DISK_SIZE"] = size

    def fill_disk(self) -> None:
        """Fills the disk to the last byte, and has PostgreSQL ask for more until that ends it."""
        assert self._beside(f"cat /dev/zero > {BALLAST}") != 0  # it ends when nothing more goes in
        engine = create_engine(self.database_url("postgres", "postgres"))
        try:
            while True:
                with engine.connect() as connection:
                    # Every switch wants a new file of 16 MB for the log that it writes before it writes data.
                    connection.execute(text("SELECT pg_logical_emit_message(false, '', ''), pg_switch_wal()"))
        except OperationalError:
            pass  # the server has gone: it stops rather than acknowledge what it cannot keep
        finally:
            engine.dispose()

    def make_room(self) -> None:
        """Takes away what `fill_disk` has put there."""
        assert self._beside(f"rm {BALLAST}") == 0

    def _beside(self, script: str) -> int:
        return subprocess.run(
            [DOCKER, "exec", self.container("ballast"), "sh", "-c", script],
            capture_output=True,
            timeout=60,
            check=False,
        ).returncode
