"""Any worker of the user's: what it runs is started by a function of theirs, and no more is known."""

import importlib
import inspect
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from temporalio.client import Client, WorkflowHandle

from temporal.chaos.run import Live, Run
from temporal.command_line import USAGE, CommandError

Load = Callable[[Client, str, str], Awaitable[WorkflowHandle[Any, Any]]]
"""Starts one workflow with a client, on a task queue, under an id, and returns its handle."""


@dataclass(frozen=True)
class ForeignWorkload:
    """Workflows that `load` starts.

    Attributes:
        load: The user's function.
        workflows: The module's WORKFLOWS, if it has any: then the histories are replayed too.
        name: `foreign`.
    """

    load: Load
    workflows: Sequence[type] = ()
    name: str = "foreign"

    async def start(self, run: Run, workflow_id: str, delay_seconds: float) -> Live:
        """Starts one; the delay is not the user's function's to know."""
        handle = await self.load(run.target.client, run.target.task_queue, workflow_id)
        described = await handle.describe()
        return Live(handle, run.started(handle, described.workflow_type, None, None), self)

    async def during(self, run: Run, live: Live) -> None:
        """Sends nothing."""

    async def after(self, run: Run, live: Live) -> None:
        """Sends nothing."""

    def applied(self, result: Any) -> None:
        """Tells that it is not known what it applied."""


def foreign_workload(name: str) -> ForeignWorkload:
    """Returns the workload of `MODULE:FUNCTION`.

    The function is `async def load(client, task_queue, workflow_id) -> WorkflowHandle`; a module that has
    WORKFLOWS, the workflow classes, gets its histories replayed.

    Raises:
        CommandError: There is no such coroutine function (exit code 2).
    """
    module_name, _, function_name = name.partition(":")
    sys.path.insert(0, str(Path.cwd()))  # as `python -m` does: the user's module is where the user is
    try:
        module = importlib.import_module(module_name)
        load = getattr(module, function_name)
    except (ImportError, AttributeError, ValueError) as error:
        raise CommandError(f"--load {name!r}: {error}", USAGE) from error
    if not inspect.iscoroutinefunction(load):
        raise CommandError(f"--load {name!r}: not a coroutine function", USAGE)
    return ForeignWorkload(cast("Load", load), tuple(getattr(module, "WORKFLOWS", ())))
