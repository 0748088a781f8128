"""A private PostgreSQL server in a temporary folder, from Debian's binaries, gone when its user is.

As a program it runs a command with TEST_DATABASE_URL set: `python -m tests.postgres_server COMMAND…`.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests import canaries

BINARIES = Path("/usr/lib/postgresql")
"""Where Debian and Ubuntu install each version's programs."""

START_SECONDS = 60


@contextmanager
def postgres_server() -> Iterator[str]:
    """Runs a server on a free port of 127.0.0.1 and yields its superuser's URL, random password included.

    Raises:
        RuntimeError: PostgreSQL is not installed or does not start; with the end of its log.
    """
    binaries = newest_binaries()
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        home = Path(folder)
        password = canaries.password()
        (home / "password").write_text(password)
        if os.geteuid() == 0:
            for path in (home, home / "password"):
                shutil.chown(path, "postgres", "postgres")
        data, log = home / "data", home / "log"
        _init(binaries / "initdb", data, home / "password", log)
        port = _free_port()
        url = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
        with log.open("a") as output:
            server = subprocess.Popen(
                [*_AS_POSTGRES, binaries / "postgres", "-D", data, "-p", str(port), *_OPTIONS],
                cwd=home,
                stdout=output,
                stderr=output,
            )
        try:
            _wait_until_ready(server, url, log)
            yield url
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nobody needs the data
            server.wait()


# PostgreSQL refuses to run as root. The signal stops the server also when the tests are killed.
_AS_POSTGRES = ["setpriv", "--pdeathsig", "QUIT"]
if os.geteuid() == 0:
    _AS_POSTGRES += ["--reuid=postgres", "--regid=postgres", "--init-groups"]

# No Unix socket: its path may be too long in a temporary folder. No fsync: no data need survive a power cut.
_OPTIONS = ["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"]


def newest_binaries() -> Path:
    """Returns the folder of the newest version's programs.

    Raises:
        RuntimeError: There is none.
    """
    found = sorted(BINARIES.glob("*/bin"), key=lambda path: float(path.parent.name))
    if not found:
        raise RuntimeError(
            f"no PostgreSQL in {BINARIES}: apt-get install postgresql, or set TEST_DATABASE_URL"
        )
    return found[-1]


def _init(initdb: Path, data: Path, password_file: Path, log: Path) -> None:
    options = ["--username=postgres", "--auth=scram-sha-256", f"--pwfile={password_file}"]
    with log.open("w") as output:
        done = subprocess.run(
            [*_AS_POSTGRES, initdb, "-D", data, "--no-locale", "--encoding=UTF8", *options],
            cwd=data.parent,
            stdout=output,
            stderr=output,
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"initdb failed: {_tail(log)}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_ready(server: "subprocess.Popen[bytes]", url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start: {_tail(log)}")


def _tail(log: Path) -> str:
    return " | ".join(log.read_text().splitlines()[-5:])


def main(command: list[str]) -> int:
    """Runs `command` with TEST_DATABASE_URL set; returns its exit code."""
    with postgres_server() as url:
        return subprocess.run(command, env=os.environ | {"TEST_DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
