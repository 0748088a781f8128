import pytest
from sqlalchemy import text

from tests.stack.compose_stack import Stack
from tests.stack.host_workers import HostWorkers
from tests.stack.in_flight import take_off

pytest_plugins = ["tests.stack.stack_fixtures"]
pytestmark = pytest.mark.stack


async def test_workflows_go_on_in_a_stack_restored_from_a_backup(stack: Stack, workers: HostWorkers) -> None:
    worker = await workers.start()
    flight = await take_off(await stack.client(), workers.task_queue, sleep_seconds=20)
    backup = stack.folder / "backups" / "stack.tar"

    stack.must("backup", str(backup))
    worker.kill()
    stack.must("down", "--volumes")
    stack.must("up")
    stack.must("restore", str(backup))
    await workers.start()

    assert backup.stat().st_mode & 0o077 == 0
    store = stack.store()
    await flight.end_well(await stack.client(), store)
    store.dispose()


def test_a_broken_backup_is_refused_before_anything_is_touched(stack: Stack) -> None:
    broken = stack.folder / "broken.tar"
    broken.write_bytes(b"not a backup")
    started = stack.state("temporal-server")["StartedAt"]

    assert stack.run("restore", str(broken)).returncode != 0

    assert stack.state("temporal-server")["StartedAt"] == started
    store = stack.store()
    with store.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    store.dispose()
