"""People with a browser of their own, and everything that goes wrong in it."""

from typing import Literal

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page

from services.api.identity import SESSION_COOKIE
from tests.browser.site import Site

Scheme = Literal["light", "dark"]

DESKTOP = (1280, 900)
PHONE = (390, 844)
"""Sizes of windows, in CSS pixels."""

TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation",
    (event) => console.error("policy violated:", event.violatedDirective, event.blockedURI));
"""

EXPECTED = "Failed to load resource:"
"""What Chromium says of every answer from 400 on, and of none; tests look at those themselves."""


class Visitor:
    """Somebody with a browser.

    Attributes:
        page: What they look at.
        faults: What went wrong in their browser so far: errors, dialogs, violations of the security policy.
    """

    def __init__(self, context: BrowserContext, page: Page, site: Site) -> None:
        self.context = context
        self.page = page
        self.site = site
        self.faults: list[str] = []
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("dialog", self._asked)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(EXPECTED):
            self.faults.append(f"{message.type}: {message.text}")

    async def _asked(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    async def open(self, path: str) -> None:
        """Opens a page of the site."""
        await self.page.goto(self.site.url + path)

    async def request(self, request: str) -> None:
        """Opens the page of a request."""
        await self.open(f"/inbox/requests/{request}")

    async def sees(self, text: str) -> None:
        """Waits until a text is to be seen."""
        await self.page.get_by_text(text).first.wait_for()

    async def press(self, button: str) -> None:
        """Presses a button."""
        await self.page.get_by_role("button", name=button, exact=True).click()


class Invite:
    """Opens browser windows, each as if on a machine of its own.

    Args:
        browser: The program.
        site: What they look at.
    """

    def __init__(self, browser: Browser, site: Site) -> None:
        self._browser = browser
        self._site = site
        self.visitors: list[Visitor] = []

    async def __call__(
        self,
        name: str | None,
        *roles: str,
        size: tuple[int, int] = DESKTOP,
        scheme: Scheme = "light",
        scripts: bool = True,
    ) -> Visitor:
        """Opens a window, signed in as somebody, or as nobody."""
        context = await self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            java_script_enabled=scripts,
            timezone_id="UTC",
        )
        await context.add_init_script(TELL_VIOLATIONS)
        if name is not None:
            await context.add_cookies(
                [
                    {
                        "name": SESSION_COOKIE,
                        "value": self._site.token(name, *roles),
                        "url": self._site.url,
                        "httpOnly": True,
                        "sameSite": "Strict",
                    }
                ]
            )
        visitor = Visitor(context, await context.new_page(), self._site)
        self.visitors.append(visitor)
        return visitor

    async def close(self) -> None:
        """Closes every window."""
        for visitor in self.visitors:
            await visitor.context.close()

    @property
    def faults(self) -> list[str]:
        """What went wrong in any of the browsers."""
        return [fault for visitor in self.visitors for fault in visitor.faults]
