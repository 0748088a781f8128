"""One message to one target by the library apprise, loaded when the first is sent, because it loads slowly.

apprise and what it sends with log URLs and payloads. So what they log goes nowhere but into `NotTakenError`,
and of that only a status code.
"""

import hashlib
import logging
import re
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from temporal.messages.delivery import Notification
from temporal.store.targets import TargetName

if TYPE_CHECKING:
    from apprise import Apprise

SILENCED = ("apprise", "urllib3", "requests")
"""Loggers that quote URLs, and with them secrets."""

PASSWORDS = ("pass", "password")
"""Parameters of a URL that hold a password."""


class NotTakenError(Exception):
    """The target did not take the message; the text says why as far as known, and holds no secret."""


@dataclass(frozen=True)
class Target:
    """Where somebody is told; only `name` may be stored or logged."""

    url: str = field(repr=False)

    @property
    def name(self) -> TargetName:
        """The scheme, and a digest of the URL without its password: a new password makes no new target."""
        parts = urlsplit(self.url)
        login, at, host = parts.netloc.rpartition("@")
        query = urlencode([pair for pair in parse_qsl(parts.query) if pair[0] not in PASSWORDS])
        bare = urlunsplit(
            (parts.scheme, login.partition(":")[0] + at + host, parts.path, query, parts.fragment)
        )
        digest = hashlib.sha256(bare.encode()).hexdigest()
        return TargetName(name=f"{parts.scheme}-{digest[:12]}", scheme=parts.scheme)


def load() -> None:
    """Loads the library, which takes a second or two, so that no target's time is spent on it."""
    from apprise import Apprise

    _silence()
    Apprise.instantiate("json://localhost")


def send(target: Target, notification: Notification, key: str, timeout: float) -> None:
    """Sends one message and returns when the target has taken it.

    Args:
        target: Where to.
        notification: What.
        key: The message's own: sent along as the header `Idempotency-Key` where the target takes headers, so
            that a receiver can tell a message that comes twice.
        timeout: How long connecting, and then each answer, may take, in seconds.

    Raises:
        NotTakenError: The URL cannot be used, or the target did not take the message.
    """
    said: list[str] = []
    _silence()
    token = _said.set(said)
    body = notification.body or notification.subject
    try:
        sender = _sender(target, key, timeout)
        taken = bool(sender.notify(title=notification.subject, body=body, body_format="text"))
    except NotTakenError:
        raise
    except Exception as error:  # of whatever plugin, which may quote the URL
        raise NotTakenError(type(error).__name__) from None
    finally:
        _said.reset(token)
    if not taken:
        raise NotTakenError(_reason(said))


def _sender(target: Target, key: str, timeout: float) -> "Apprise":
    from apprise import Apprise, AppriseAsset

    asset = AppriseAsset(
        app_id="durable-workflows",
        app_desc="Durable workflows",
        image_url_mask="",  # else messages load the library's own icons from its site
        image_url_logo="",
        async_mode=False,
    )
    plugin = Apprise.instantiate(target.url, asset=asset, suppress_exceptions=True)
    if plugin is None:
        raise NotTakenError("not a URL that apprise knows")
    plugin.socket_connect_timeout = plugin.socket_read_timeout = timeout
    headers = getattr(plugin, "headers", None)
    if isinstance(headers, dict):
        headers["Idempotency-Key"] = key
    sender = Apprise(asset=asset)
    sender.add(plugin)
    return sender


_said: ContextVar[list[str] | None] = ContextVar("_said", default=None)
"""What the library logs about the message that is being sent; it hands the context on to its own threads."""


class _Listener(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        if (said := _said.get()) is not None:
            said.append(record.getMessage())


_LISTENER = _Listener()


def _silence() -> None:
    for name in SILENCED:
        logger = logging.getLogger(name)
        logger.propagate = False
        logger.setLevel(logging.WARNING)
        logger.addHandler(_LISTENER)  # the same handler is added once


def _reason(said: list[str]) -> str:
    status = re.search(r"error=([1-5]\d\d)\b", " ".join(said))
    return f"answered {status[1]}" if status else "unreachable, or refused"
