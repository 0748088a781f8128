"""pytest plugin: a webhook and an SMTP server of the test's own."""

from collections.abc import Iterator

import pytest

from tests.sinks import Mailbox, Webhook, running_mailbox, running_webhook


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    """A webhook."""
    with running_webhook() as running:
        yield running


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """An SMTP server."""
    with running_mailbox() as running:
        yield running
