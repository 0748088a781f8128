"""Who is told where, besides the in-tray: a TOML file of targets, each a URL of the library apprise.

    default = ["mailtos://USER:PASSWORD@HOST?to=office@HOST"]   # for whom nothing else is said

    [people]
    ana = ["slack://TOKEN_A/TOKEN_B/TOKEN_C/#approvals", "json://HOST/PATH"]
    bob = []                                                    # the in-tray only

    [groups]
    finance = ["workflows://HOST/WORKFLOW/SIGNATURE"]           # Microsoft Teams

The URLs hold secrets: keep the file readable by the worker alone. No message of ours quotes one.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from temporal.settings import path, seconds, setting

MAX_TARGETS = 20
"""Most targets of one recipient; each takes a thread while it is told."""

TABLES = {"people": "", "groups": "group:"}
"""The tables of the file, and what their names begin with where a message names its recipient."""


@dataclass(frozen=True)
class NotifyTargets:
    """What the file says.

    Attributes:
        default: URLs for whom nothing else is said.
        recipients: URLs by recipient, `NAME` or `group:NAME`, in lower case.
    """

    default: tuple[str, ...] = field(default=(), repr=False)
    recipients: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)

    def of(self, recipient: str) -> tuple[str, ...]:
        """Returns the URLs at which a recipient is told, each once."""
        return self.recipients.get(recipient.casefold(), self.default)


def read_targets(file: Path) -> NotifyTargets:
    """Reads the file.

    Raises:
        ValueError: It cannot be read, or something in it cannot be used; names the place, never a URL.
    """
    import tomllib  # only where there are targets

    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"allowed: a file that can be read ({error.strerror})") from None
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"line \d+, column \d+", str(error))
        raise ValueError(f"allowed: TOML ({at[0] if at else 'not ended'})") from None
    except UnicodeDecodeError:
        raise ValueError("allowed: TOML in UTF-8") from None
    if unknown := said.keys() - {"default", *TABLES}:
        raise ValueError(f"{min(unknown)}: allowed: default, {', '.join(TABLES)}")
    recipients: dict[str, tuple[str, ...]] = {}
    for table, prefix in TABLES.items():
        entries = said.get(table, {})
        if not isinstance(entries, dict):
            raise ValueError(f"{table}: allowed: a table of names")
        for name, urls in entries.items():
            recipient = f"{prefix}{name}".casefold()
            if recipient in recipients:
                raise ValueError(f"{table}.{name}: allowed: each name once, in whatever case")
            recipients[recipient] = _urls(f"{table}.{name}", urls)
    return NotifyTargets(_urls("default", said.get("default", [])), recipients)


def _urls(place: str, urls: object) -> tuple[str, ...]:
    if not isinstance(urls, list) or len(urls) > MAX_TARGETS or not all(map(_is_url, urls)):
        raise ValueError(f"{place}: allowed: a list of at most {MAX_TARGETS} URLs, SCHEME://…")
    return tuple(dict.fromkeys(urls))


def _is_url(url: object) -> bool:
    if not isinstance(url, str) or not url.isprintable():
        return False
    try:
        return bool(urlsplit(url).scheme) and "://" in url
    except ValueError:
        return False


def _file_of_targets() -> Callable[[str], Path]:
    parse_path = path()

    def parse(value: str) -> Path:
        file = parse_path(value).absolute()
        read_targets(file)  # told now, and not when the first notification is due
        return file

    return parse


@dataclass(frozen=True)
class NotifySettings:
    """Notifications outside the database; without a file of targets there are none.

    Attributes:
        targets: The file of targets; read again for each notification, so that a change counts at once.
        timeout: How long a target may take, in seconds; with the store's time below the start-to-close.
    """

    targets: Path | None = setting("NOTIFY_TARGETS", _file_of_targets(), None)
    timeout: float = setting("NOTIFY_TIMEOUT_SECONDS", seconds(0.5, 8), 4.0)
