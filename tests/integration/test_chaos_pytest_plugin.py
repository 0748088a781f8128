"""The pytest plugin: workers of the test's own, killed where the test says; and its example in the docs."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from temporal.chaos.given_worker import COMMAND, named
from temporal.command_line import CommandError
from tests.integration.plugin_workflows import Counting, Waiting, count
from tests.markdown import ROOT, blocks

if TYPE_CHECKING:  # pytest imports a plugin itself, to rewrite its assertions
    from temporal.chaos.pytest_plugin import ChaosWorker

pytest_plugins = ["temporal.chaos.pytest_plugin"]

GUIDE = ROOT / "docs" / "chaos.md"


@pytest.mark.parametrize(
    ("point", "attempts"),
    [
        ("workflow-task", 1),
        ("mid-sleep", 1),
        ("in-activity", 2),
        ("count:before-effect", 2),
        ("count:after-effect", 2),
    ],
)
async def test_a_worker_dies_at_the_point_and_its_workflow_goes_on(
    chaos_worker: "ChaosWorker", tmp_path: Path, point: str, attempts: int
) -> None:
    workflow_id = f"plugin-{point}"
    async with chaos_worker(workflows=[Counting], activities=[count]) as worker:
        async with worker.kill_at(point, workflow_id):
            handle = await worker.client.start_workflow(
                Counting.run, str(tmp_path), id=workflow_id, task_queue=worker.task_queue
            )
        [dead] = worker.kills
        assert await handle.result() == attempts
        identities = [
            event.workflow_task_completed_event_attributes.identity
            for event in (await handle.fetch_history()).events
            if event.workflow_task_completed_event_attributes.identity
        ]
        assert f"/{dead}-" not in identities[-1]


async def test_a_command_of_any_kind_is_supervised_too(chaos_worker: "ChaosWorker") -> None:
    command = [*COMMAND, f"--workflow={named(Waiting)}"]
    async with chaos_worker(command=command) as worker:
        async with worker.kill_at("waiting", "plugin-command"):
            handle = await worker.client.start_workflow(
                Waiting.run, id="plugin-command", task_queue=worker.task_queue
            )
        await handle.signal(Waiting.say, "still here")
        assert await handle.result() == "still here"
    assert len(worker.kills) == 1


async def test_an_unknown_point_and_a_class_that_nobody_can_import_are_named(
    chaos_worker: "ChaosWorker",
) -> None:
    class Local:
        """A class within a function."""

    with pytest.raises(CommandError, match="Local"):
        async with chaos_worker(workflows=[Local]):
            pass
    with pytest.raises(CommandError, match="either workflows or a command"):
        async with chaos_worker():
            pass
    async with chaos_worker(workflows=[Waiting]) as worker:
        with pytest.raises(CommandError, match="allowed: mid-sleep"):
            async with worker.kill_at("sometimes", "nothing"):
                pass


@pytest.mark.parametrize("idempotent", [True, False])
async def test_the_example_of_the_guide_passes_and_fails_where_the_activity_is_not_idempotent(
    tmp_path: Path, idempotent: bool
) -> None:
    [example] = [block.text for block in blocks(GUIDE, "python") if "chaos_worker" in block.text]
    if not idempotent:
        spoilt = example.replace("Path(till, key)", "Path(till, key + str(activity.info().attempt))")
        assert spoilt != example
        example = spoilt
    (tmp_path / "test_order.py").write_text(example)
    ended = await asyncio.to_thread(
        subprocess.run,
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "temporal.chaos.pytest_plugin"),
            *("-o", "asyncio_mode=auto", "-p", "no:cacheprovider", "test_order.py"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    wanted = pytest.ExitCode.OK if idempotent else pytest.ExitCode.TESTS_FAILED
    assert ended.returncode == wanted, ended.stdout
