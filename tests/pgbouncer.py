"""PgBouncer in transaction mode before a PostgreSQL server, from Debian's package, while a test runs."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import URL

from temporal.chaos.targets.environment import free_ports

PROGRAM = shutil.which("pgbouncer", path=f"{os.defpath}:/usr/sbin:/usr/local/sbin")
START_SECONDS = 30

_SETTINGS = """
[databases]
{database} = host={host} port={port} dbname={database}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen_port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {servers}
"""


@contextmanager
def pgbouncer(server: URL, servers: int) -> Iterator[URL]:
    """Runs PgBouncer on a free port of 127.0.0.1 and yields the database's URL by way of it.

    Args:
        server: The database, with user and password.
        servers: How many server connections its clients share.

    Raises:
        RuntimeError: PgBouncer is not installed or does not start; with the end of its log.
    """
    if PROGRAM is None:
        raise RuntimeError("no PgBouncer: apt-get install pgbouncer")
    with tempfile.TemporaryDirectory(prefix="pgbouncer-") as name:
        folder = Path(name)
        [port] = free_ports(1)
        url = server.set(host="127.0.0.1", port=port)
        (folder / "users").write_text(f'"{server.username}" "{server.password}"\n')
        (folder / "settings.ini").write_text(
            _SETTINGS.format(
                database=server.database,
                host=server.host,
                port=server.port,
                listen_port=port,
                folder=folder,
                servers=servers,
            )
        )
        run_as = []
        if os.geteuid() == 0:  # PgBouncer refuses to run as root
            run_as = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
            for path in (folder, *folder.iterdir()):
                shutil.chown(path, "postgres", "postgres")
        with (folder / "log").open("w") as log:
            command = [*run_as, PROGRAM, str(folder / "settings.ini")]
            process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            _wait_until_ready(process, url, folder / "log")
            yield url
        finally:
            process.terminate()
            process.wait()


def _wait_until_ready(process: "subprocess.Popen[bytes]", url: URL, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    text = url.set(drivername="postgresql").render_as_string(hide_password=False)
    while process.poll() is None and time.monotonic() < deadline:
        try:
            psycopg.connect(text, connect_timeout=2).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"PgBouncer did not start: {log.read_text()[-500:]}")
