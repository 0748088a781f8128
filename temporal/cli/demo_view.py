"""How the demo is shown: a live picture in a terminal, one line a moment elsewhere, a table at the end."""

import asyncio
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text
from temporalio.api.enums.v1 import PendingActivityState, WorkflowExecutionStatus
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError

from temporal.cli.demo_acts import Story
from temporal.messages.search_attributes import WORKFLOW_PHASE

LATE_SECONDS = 0.5
"""From here on a step is shown as late, in seconds; a step on time takes some ten milliseconds."""

REFRESH_SECONDS = 0.25


class DemoView:
    """Shows a story as it goes.

    Args:
        console: Where to; a terminal gets the live picture.
        ui: The Temporal UI's address.
    """

    def __init__(self, console: Console, ui: str) -> None:
        self._console = console
        self._ui = ui
        self._moments = Table.grid(padding=(0, 2))
        self._workflows: list[tuple[str, str, str]] = []

    def tell(self, seconds: float, line: str) -> None:
        """Adds a moment; `seconds` since the start."""
        self._moments.add_row(f"{seconds:6.2f} s", escape(line))
        if not self._console.is_terminal:
            self._console.print(f"{seconds:6.2f} s  {line}", markup=False, highlight=False, soft_wrap=True)

    async def follow(self, story: Story) -> None:
        """Draws until it is cancelled; does nothing where there is no terminal."""
        if not self._console.is_terminal:
            return
        with Live(console=self._console, get_renderable=self._picture, refresh_per_second=8):
            while True:
                self._workflows = [await workflow_row(handle) for handle in story.handles]
                await asyncio.sleep(REFRESH_SECONDS)

    def _picture(self) -> RenderableType:
        workflows = Table("workflow", "state", "now")
        for row in self._workflows:
            workflows.add_row(*map(escape, row))
        return Group(Text(f"Temporal UI while this runs: {self._ui}"), self._moments, workflows)


async def workflow_row(handle: WorkflowHandle[Any, Any]) -> tuple[str, str, str]:
    """Returns id, state and what goes on, as the server knows it: no worker needs to be alive."""
    try:
        described = await handle.describe()
    except RPCError as error:
        return handle.id, "unknown", error.message
    raw = described.raw_description
    state = WorkflowExecutionStatus.Name(raw.workflow_execution_info.status)
    phase = described.typed_search_attributes.get(WORKFLOW_PHASE) or ""
    now = [str(phase)]
    for activity in raw.pending_activities:
        kind = PendingActivityState.Name(activity.state).removeprefix("PENDING_ACTIVITY_STATE_").lower()
        now.append(f"{activity.activity_type.name} attempt {activity.attempt} {kind}")
    if raw.HasField("pending_workflow_task"):
        now.append("a workflow task waits for a worker")
    return handle.id, state.removeprefix("WORKFLOW_EXECUTION_STATUS_").lower(), ", ".join(filter(None, now))


def steps_table(story: Story) -> Table:
    """Returns every step since the first kill: when it could go on, when a worker did, how late that was."""
    shown = Table("step after the kills", title="How late each step was", title_justify="left")
    for column in ("could go on at", "went on at", "late"):
        shown.add_column(column, justify="right")
    for step in story.steps:
        late = f"{step.late_seconds:.3f} s"
        shown.add_row(
            step.what,
            f"{(step.due - story.begun).total_seconds():.2f} s",
            f"{(step.began - story.begun).total_seconds():.2f} s",
            f"[red]{late}[/]" if step.late_seconds >= LATE_SECONDS else f"[green]{late}[/]",
        )
    return shown
