"""A stack on an older Temporal, brought to the version of docker-compose.yml with workflows in flight.

Run by docker/upgrade_check.sh, which builds the older images: `python -m tests.stack.upgrade VERSION`.
"""

import asyncio
import json
import sys
import tempfile
import time
import uuid
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from temporal.command_line import DONE, USAGE, leave
from temporal.store.prepare import migrate
from tests.stack.compose_stack import Stack, docker
from tests.stack.host_workers import HostWorkers
from tests.stack.in_flight import take_off

SLEEP_SECONDS = 25
"""Longer than a step of the upgrade takes, so that the sleepers are asleep throughout it."""

STACK = "docker/docker-compose.yml"
OLDER_SERVER = """\
services:
  temporal-namespace: {{ image: "temporalio/admin-tools:{version}" }}
  temporal-server: {{ image: "temporalio/server:{version}" }}
"""
OLDER_SCHEMA = """\
  temporal-schema: {{ image: "temporalio/admin-tools:{version}" }}
"""


def older(stack: Stack, version: str, *, schema: bool) -> str:
    """Returns the Compose files of a stack with an older server, and the older schema job or the new one."""
    file = stack.folder / f"older-{schema}.yml"
    file.write_text((OLDER_SERVER + OLDER_SCHEMA * schema).format(version=version))
    return f"{STACK}:{file}"


def server_version(stack: Stack) -> str:
    """Returns the version that the server itself tells."""
    address = "http://127.0.0.1:7243/api/v1/system-info"
    told = json.loads(docker("exec", stack.container("temporal-server"), "wget", "-q", "-O", "-", address))
    return str(told["serverVersion"])


def schema_versions(stack: Stack) -> dict[str, str]:
    """Returns the schema version of each of Temporal's databases."""
    versions = {}
    for database in ("temporal", "temporal_visibility"):
        engine = create_engine(stack.database_url("temporal", database))
        with engine.connect() as connection:
            versions[database] = str(connection.scalar(text("SELECT curr_version FROM schema_version")))
        engine.dispose()
    return versions


def say(stack: Stack, what: str) -> None:
    """Prints a step and where the stack stands."""
    print(f"{what}: server {server_version(stack)}, schema {schema_versions(stack)}", flush=True)


async def upgrade(stack: Stack, version: str, workers: HostWorkers, store: Engine) -> None:
    """Upgrades a stack that is up on the older version; fails where a workflow does not end as it should."""
    await workers.start()
    before_schema = await take_off(await stack.client(), workers.task_queue, SLEEP_SECONDS)
    server = stack.container("temporal-server")
    stack.must("up", COMPOSE_FILE=older(stack, version, schema=False))
    assert stack.container("temporal-server") == server
    say(stack, "new schema job done, server untouched")

    # A queue of its own: names follow from the queue's.
    second = HostWorkers(stack)
    try:
        await second.start()
        before_server = await take_off(await stack.client(), second.task_queue, SLEEP_SECONDS)
        begun = time.monotonic()
        stack.must("up", COMPOSE_FILE=STACK)
        say(stack, f"server replaced in {time.monotonic() - begun:.1f} s")

        client = await stack.client()
        await before_schema.end_well(client, store)
        await before_server.end_well(client, store)
    finally:
        for worker in second.started:
            worker.kill()


async def main(version: str) -> int:
    """Starts a stack on the version, upgrades it, and removes it."""
    with tempfile.TemporaryDirectory(prefix="upgrade-") as folder:
        stack = Stack(Path(folder), f"upgrade-{uuid.uuid4().hex[:8]}")
        workers = HostWorkers(stack)
        try:
            stack.must("up", COMPOSE_FILE=older(stack, version, schema=True))
            say(stack, "started")
            assert server_version(stack) == version
            store = stack.store()
            migrate(store)
            await upgrade(stack, version, workers, store)
            store.dispose()
            assert server_version(stack) != version
            say(stack, "every workflow ended as it should, its effects done once")
        finally:
            for worker in workers.started:
                worker.kill()
            stack.must("down", "--volumes", COMPOSE_FILE=STACK)
    return DONE


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print("usage: docker/upgrade_check.sh [FROM]", file=sys.stderr)
        leave(USAGE)
    leave(asyncio.run(main(sys.argv[1])))
