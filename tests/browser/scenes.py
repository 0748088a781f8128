"""One of each page with something on it, for tests of how all of them look and read."""

from collections.abc import AsyncIterator
from typing import NamedTuple

from tests.browser.site import Site

DETAILS = {
    "payee": "Kestrel Instruments GmbH",
    "iban": "DE02 1203 0000 0000 2020 51",
    "amount": 12450.5,
    "urgent": True,
    "cost_centre": None,
    "invoice": {
        "number": "RE-2026-1188",
        "due": "2026-12-04",
        "lines": [
            {"item": "Torque sensor T40B", "quantity": 3, "price": 3900},
            {"item": "Calibration, on site", "quantity": 1, "price": 750.5},
        ],
    },
    "checked_by": ["ben (technical)", "cleo (budget)"],
    "reason": "The sensors on rig 4 drift by more than 0.3 % since the spindle was replaced. " * 6,
    "unbroken": "x" * 200,
    "field_" + "y" * 80: {"inner_" + "z" * 80: "a" * 90},
}
"""A payload with one of each shape, and with words that are wider than a phone."""

TITLE = "Pay invoice RE-2026-1188 of Kestrel Instruments"


class Scene(NamedTuple):
    """A page: what it is called, where it is, and who looks at it; nobody for one without a session."""

    name: str
    path: str
    reader: str | None


async def scenes(site: Site) -> AsyncIterator[Scene]:
    """Makes requests in every state and yields each page."""
    ana, dave, maria = site.person("ana"), site.person("dave"), site.person("maria")
    rules = {
        "quorum": 2,
        "four_eyes": True,
        "remind_every_seconds": 14_400,
        "escalate_after_seconds": 86_400,
        "escalate_to_users": [site.person("cfo")],
    }
    yield Scene("login", "/login", None)
    yield Scene("inbox-empty", "/inbox", ana)
    request = await site.ask(
        maria, TITLE, ana, dave, details=DETAILS, timeout_seconds=19_000, groups=["finance"], **rules
    )
    yield Scene("link", (await site.link(request, ana)).removeprefix(site.url), None)
    edited = DETAILS | {"amount": 8550.5}
    await site.decide(dave, request, "approved", "Fine with me\nonce the quantity is 2.", edited)
    yield Scene("request", f"/inbox/requests/{request}", ana)
    yield Scene("request-of-mine", f"/inbox/requests/{request}", maria)
    await site.ask(maria, "Deploy billing 2.14 to production", ana)
    await site.ask(maria, "Access to the customer database " + "and more " * 15, ana, timeout_seconds=400_000)
    yield Scene("inbox", "/inbox", ana)
    rejected = await site.ask(maria, "Delete staging", ana)
    await site.decide(ana, rejected, "rejected", "Not before the audit.")
    yield Scene("request-rejected", f"/inbox/requests/{rejected}?did=rejected", ana)
    await site.decide(ana, request, "approved", "", edited)
    yield Scene("request-approved", f"/inbox/requests/{request}", ana)
    await site.ended(request)
    yield Scene("inbox-all", "/inbox?scope=all", ana)
    yield Scene("nothing-here", "/inbox/requests/none", ana)
    yield Scene("link-dead", "/links/none", None)
