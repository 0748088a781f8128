"""The dashboard in Chromium: charts are drawn from work that is under way, live, by its own files alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import pytest_asyncio

from services.api.dashboard.charts import QUANTILES
from temporal.messages.durable_demo import DurableDemoInput
from temporal.workflows.durable_demo import DurableDemoWorkflow
from tests.browser.accessibility import barriers
from tests.browser.marks import MARKS
from tests.browser.site import Site
from tests.browser.visitors import DESKTOP, PHONE, Invite, Scheme, Visitor
from tests.stack.shown import keep

pytest_plugins = ["tests.browser.site_fixtures"]
pytestmark = MARKS

KNOWN = ("ended", "start", "steps", "scheduled", "backlog", "approvals")
"""Charts that have data here: no supervisor runs."""

PAINTED = """(chart) => {
    const canvas = document.querySelector(`[data-chart=${chart}] canvas`);
    const often = { willReadFrequently: true };
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext("2d", often);
    copy.drawImage(canvas, 0, 0);
    const pixels = copy.getImageData(0, 0, canvas.width, canvas.height).data;
    for (let at = 0; at < pixels.length; at += 4) {
        const [red, green, blue, opaque] = pixels.slice(at, at + 4);
        const grey = Math.max(red, green, blue) - Math.min(red, green, blue) < 60;
        if (opaque > 128 && !grey) return true;  // a line: axes and grid are grey
    }
    return false;
}"""


async def _work(site: Site) -> None:
    number = 0
    while True:
        number += 1
        await site.client.execute_workflow(
            DurableDemoWorkflow.run,
            DurableDemoInput(name="shown", sleep_seconds=0.1, steps=1),
            id=f"{site.person('shown')}-{number}",
            task_queue=site.settings.core.worker.task_queue,
        )


@pytest_asyncio.fixture(loop_scope="module")
async def busy(site: Site) -> AsyncIterator[Site]:
    """The pages while workflows run one after the other."""
    work = asyncio.create_task(_work(site))
    yield site
    work.cancel()
    with suppress(asyncio.CancelledError):
        await work


async def _opened(visitor: Visitor) -> None:
    await visitor.open("/dashboard")
    for chart in KNOWN:
        await visitor.page.locator(f"[data-chart={chart}][data-known=yes]").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_every_chart_is_drawn_and_nothing_bars_a_reader(
    busy: Site, invite: Invite, size: tuple[int, int], scheme: Scheme
) -> None:
    visitor = await invite(busy.person("ana"), size=size, scheme=scheme)
    await _opened(visitor)
    for chart in KNOWN:
        await visitor.page.wait_for_function(PAINTED, arg=chart)  # a line takes two readings
    kind = "phone" if size == PHONE else "desktop"
    await keep(visitor.page, f"dashboard-{kind}-{scheme}")
    assert await visitor.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert await barriers(visitor.page) == []


async def test_the_values_are_there_as_text_with_their_units(busy: Site, invite: Invite) -> None:
    visitor = await invite(busy.person("ana"))
    await _opened(visitor)
    names = await visitor.page.locator("[data-chart=steps] dt").all_inner_texts()
    assert [name.strip() for name in names] == list(QUANTILES)
    steps = await visitor.page.locator("[data-chart=steps] dd").all_inner_texts()
    assert all(text.endswith((" ms", " s")) for text in steps)
    ended = visitor.page.locator("[data-chart=ended] .now > div", has_text="completed")
    await ended.get_by_text("a second").wait_for()
    await visitor.sees("From this service itself")


async def test_what_is_not_known_is_said(busy: Site, invite: Invite) -> None:
    visitor = await invite(busy.person("ana"))
    await _opened(visitor)
    workers = visitor.page.get_by_role("region", name="Workers", exact=True)
    assert await workers.get_by_text("No supervisor is known here.").is_visible()


async def test_a_new_request_shows_up_without_a_reload(busy: Site, invite: Invite) -> None:
    visitor = await invite(busy.person("ana"))
    await _opened(visitor)
    waiting = visitor.page.locator("[data-chart=approvals] .now > div", has_text="waiting").locator("dd")
    before = int(await waiting.inner_text())
    await busy.ask(busy.person("maria"), "Shown live", busy.person("ana"))
    await visitor.page.wait_for_function(
        "(least) => [...document.querySelectorAll('[data-chart=approvals] dd')]"
        ".some((one) => Number(one.textContent) >= least)",
        arg=before + 1,
    )


async def test_the_bar_leads_to_it(site: Site, invite: Invite) -> None:
    visitor = await invite(site.person("ana"))
    await visitor.open("/inbox")
    await visitor.page.get_by_role("link", name="Dashboard").click()
    await visitor.page.get_by_role("heading", name="Dashboard", level=1).wait_for()
    link = visitor.page.get_by_role("link", name="Dashboard")
    assert await link.get_attribute("aria-current") == "page"
