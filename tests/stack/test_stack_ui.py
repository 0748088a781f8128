"""The stack's Temporal UI in Chromium: what our workflows show of themselves to whoever looks there."""

import pytest
from playwright.async_api import Page

from temporal.chaos.observation import sleeping
from tests.integration.script_process import Scripts
from tests.stack.compose_stack import Stack
from tests.stack.host_workers import HostWorkers
from tests.stack.shown import keep, shows

pytest_plugins = ["tests.stack.stack_fixtures", "tests.stack.browser_fixtures"]
pytestmark = pytest.mark.browser


@pytest.fixture
async def scripts(stack: Stack, workers: HostWorkers) -> Scripts:
    """The project's scripts, on a queue that a worker polls."""
    await workers.start()
    return Scripts(stack.environment(workers.task_queue), stack.folder)


class WorkflowPages:
    """The UI's pages of one workflow.

    Args:
        page: Where they are opened.
        stack: The stack whose UI it is.
        workflow_id: The workflow; screenshots are named after its part before the first `-`.
    """

    def __init__(self, page: Page, stack: Stack, workflow_id: str) -> None:
        self.page = page
        self.workflow_id = workflow_id
        self.url = f"http://127.0.0.1:{stack.ui_port}/namespaces/default/workflows/{workflow_id}"

    async def open(self, *wanted: str) -> None:
        """Opens the workflow's page and waits until it shows every text."""
        await self.page.goto(self.url)
        await shows(self.page, self.workflow_id, *wanted)

    async def tab(self, name: str, *wanted: str) -> None:
        """Goes to a tab of the open page, waits until it shows every text, and keeps a screenshot."""
        await self.page.get_by_role("tab", name=name).click()
        await shows(self.page, self.workflow_id, *wanted)
        await keep(self.page, f"{self.workflow_id.partition('-')[0]}-{name.lower().replace(' ', '-')}")


async def test_a_sleeping_workflow_shows_where_it_is_and_what_it_has_done(
    stack: Stack, scripts: Scripts, page: Page, workers: HostWorkers
) -> None:
    workflow_id = f"sleeper-{workers.task_queue}"
    asked = '{"name": "hello", "sleep_seconds": 3600, "work_units": 2, "work_unit_seconds": 0.01}'
    scripts.facts("start_workflow", "durable-demo", "--input", asked, "--id", workflow_id, "--detach")
    client = await stack.client()
    await sleeping(client.get_workflow_handle(workflow_id))
    pages = WorkflowPages(page, stack, workflow_id)

    await pages.open("RUNNING", "DurableDemoWorkflow", workers.task_queue, '"sleep_seconds": 3600')
    await pages.tab("Timeline", "step before-1", "2 units of work", "durable sleep of 3600 s")
    await pages.tab("Event History", "Timer Started", "durable sleep of 3600 s", "Workflow Execution Started")
    await pages.tab(
        "User Metadata", "Current Details", "hello: 1 steps, sleep of 3600 s", "sleeping until 20"
    )
    await pages.tab("Search Attributes", '"WorkflowPhase": "sleeping"')

    await client.get_workflow_handle(workflow_id).terminate()


async def test_a_decided_approval_shows_its_decision_and_result(
    stack: Stack, scripts: Scripts, page: Page, workers: HostWorkers
) -> None:
    workflow_id = f"decided-{workers.task_queue}"
    asked = ("approval", "--title", "Deploy 2.4", "--requester", "maria", "--id", workflow_id, "--detach")
    scripts.facts("start_workflow", *asked)
    scripts.facts("send_signal", "approve", workflow_id, "--approver", "ana")
    client = await stack.client()
    await client.get_workflow_handle(workflow_id).result()
    pages = WorkflowPages(page, stack, workflow_id)

    await pages.open("COMPLETED", "ApprovalWorkflow", '"title": "Deploy 2.4"', '"decided_by": "ana"')
    await pages.tab("Timeline", "approve")
