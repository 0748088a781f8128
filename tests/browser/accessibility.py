"""axe-core on an open page: what it finds that keeps somebody from using it."""

from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).with_name("axe.min.js")


async def barriers(page: Page) -> list[str]:
    """Returns every violation of axe-core's rules, best practices included, and where it is."""
    # Evaluated by the debugger, which the page's own policy does not bind.
    await page.evaluate(AXE.read_text())
    found = await page.evaluate("axe.run(document)")
    return [
        f"{violation['id']}: {node['html'][:120]}: {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]
