"""pytest plugin of `make test`: a run in which a secret came to light has failed, whoever brought it there.

Keys and passwords of tests hold a word that nothing else does, and a bearer token or link is known by its
shape. After the last test every file that any test has left is searched for them, and so is every line that a
failed test printed: logs, databases, histories, reports.
"""

import base64
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

WORD = b"cAnArY" + b"w0rd99"  # in two, so that a copy of this file does not hold it
"""What planted secrets begin with; as it stands, nine bytes in base64."""

SIGNED = re.compile(rb"eyJ[\w-]{16,}\.eyJ[\w-]{16,}\.[\w-]{16,}")
"""A JSON web token whole: who finds it is let in. What a token says, without its signature, opens nothing."""

HOLDERS = (
    "*.keys",
    "password",
    "token",
    "*_password",
    "encryption_keys",
    "notify_targets",
    ".env",
    "users",
    "pgbouncer.ini",
    "*.pem",
    "*_key",
    "*.jwt",
)
"""Files that are there to hold a secret."""

TEXT = (".log", ".json", ".html", ".txt", ".xml", ".md", "")
"""Endings of files that are searched for tokens: what people and collectors read."""


def password() -> str:
    """Returns a new password that the search knows."""
    return WORD.decode() + secrets.token_hex(16)


def key(length: int) -> bytes:
    """Returns a new key of `length` bytes that the search knows by its base64."""
    known = base64.b64decode(WORD)
    return known + secrets.token_bytes(length - len(known))


def found_in(file: Path) -> str:
    """Returns which kind of secret a file has; empty when it has none, or is there to hold one."""
    if any(file.match(holder) for holder in HOLDERS):
        return ""
    data = file.read_bytes()
    if WORD in data:
        return "a planted key or password"
    return "a token" if file.suffix in TEXT and SIGNED.search(data) else ""


class Canaries:
    """Searches what the run has left, and turns its exit status to 1 where a secret is found."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.folder: Path | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Searches what a test printed."""
        if WORD.decode() in "".join(text for _, text in report.sections) + report.longreprtext:
            self.found.append(f"{report.nodeid} printed a planted key or password")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fails a run that would have passed."""
        self.found += self._in_files()
        if self.found and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def _in_files(self) -> Iterator[str]:
        for file in sorted(self.folder.rglob("*")) if self.folder else ():
            if file.is_file() and not file.is_symlink() and (kind := found_in(file)):
                yield f"{file.relative_to(self.folder)} has {kind}" if self.folder else ""

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Says where."""
        for where in self.found:
            terminalreporter.write_line(f"FAILED secret in the open: {where}", red=True)


@pytest.fixture(scope="session", autouse=True)
def _where_tests_write(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> None:
    canaries = pytestconfig.pluginmanager.get_plugin("canaries")
    assert isinstance(canaries, Canaries)
    canaries.folder = tmp_path_factory.getbasetemp()


def pytest_configure(config: pytest.Config) -> None:
    """Registers the plugin for this run."""
    config.pluginmanager.register(Canaries(), "canaries")
