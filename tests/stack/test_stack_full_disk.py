import uuid
from collections.abc import Iterator

import pytest

from temporal.store.prepare import migrate
from tests.stack.host_workers import HostWorkers
from tests.stack.in_flight import take_off
from tests.stack.small_disk import ENOUGH, TOO_LITTLE, SmallDiskStack
from tests.stack.stack_errors import cause_of

pytestmark = pytest.mark.stack


@pytest.fixture
def small(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SmallDiskStack]:
    """A stack of the test's own, not yet up, with a disk of the size that is the fixture's parameter."""
    stack = SmallDiskStack(
        tmp_path_factory.mktemp("small"), f"small-test-{uuid.uuid4().hex[:8]}", request.param
    )
    yield stack
    stack.must("down", "--volumes")


@pytest.mark.parametrize("small", [TOO_LITTLE], indirect=True)
def test_a_first_start_on_a_full_disk_says_so(small: SmallDiskStack) -> None:
    ended = small.run("up")

    assert "No space left on device" in cause_of(ended, "postgresql")


@pytest.mark.parametrize("small", [ENOUGH], indirect=True)
async def test_workflows_in_flight_wait_for_room_on_a_full_disk(small: SmallDiskStack) -> None:
    small.must("up")
    store = small.store()
    migrate(store)
    workers = HostWorkers(small)
    try:
        worker = await workers.start()
        flight = await take_off(await small.client(), workers.task_queue, sleep_seconds=4)

        small.fill_disk()
        full = small.run("up")
        small.make_room()
        small.must("up")

        await flight.end_well(await small.client(), store)
        assert worker.running
    finally:
        for worker in workers.started:
            worker.kill()
        store.dispose()
    assert "No space left on device" in cause_of(full, "postgresql")
