"""What is true of a whole campaign: which code, which command, when, and how one run of it is done again."""

import os
import platform
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import temporal
from temporal.chaos.evidence import Evidence

SCRIPT = ("python", "scripts/chaos_test.py")

KEPT = {"--worker": True, "--load": True, "--workers": True, "--i-own-this-target": False}
"""Options of a campaign that each of its runs needs too, and whether a value follows."""


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A campaign.

    Attributes:
        command: The command line that it was started by, without the program.
        seed: What everything random in it was drawn from.
        target: What it ran against: `embedded`, `compose`, or an address.
        began: When it was started (UTC).
        ended: When its last run was over (UTC).
        commit: The project's commit; empty where it is not known.
    """

    command: Sequence[str]
    seed: int
    target: str
    began: datetime
    ended: datetime
    commit: str

    @property
    def command_line(self) -> str:
        """The command as a shell takes it."""
        return shlex.join([*SCRIPT, *self.command])

    @property
    def machine(self) -> str:
        """The machine in a few words: processors, system, Python."""
        system = f"{platform.system()} {platform.machine()}"
        return f"{os.cpu_count()} CPUs, {system}, Python {platform.python_version()}"

    def replay_line(self, evidence: Evidence) -> str:
        """Returns the command that does one run again: its scenario, its workers, its own seed."""
        again = ["--scenario", evidence.scenario, "--seed", str(evidence.seed), "--runs", "1"]
        again.append("--supervised" if evidence.workers == "supervised" else "--stock")
        if self.target != "embedded":
            again += ["--target", self.target]
        return shlex.join([*SCRIPT, *again, *_kept(self.command)])


def _kept(command: Sequence[str]) -> Iterator[str]:
    """Yields the arguments that say whose worker it is and how many: a run needs them as its campaign did."""
    words = iter(command)
    for word in words:
        name, given, _ = word.partition("=")
        if name in KEPT:
            yield word
            if not given and KEPT[name]:
                yield next(words, "")


def commit_of(root: Path | None = None) -> str:
    """Returns the commit that is checked out, in full; empty outside a checkout.

    Args:
        root: The checkout; by default the one that this package is in.
    """
    root = Path(temporal.__path__[0]).parent if root is None else root
    git = root / ".git"
    try:
        if git.is_file():  # a worktree: the file names the folder
            git = root / git.read_text().removeprefix("gitdir:").strip()
        head = (git / "HEAD").read_text().strip()
        if not head.startswith("ref: "):
            return head
        return _named(git, head.removeprefix("ref: "))
    except OSError:
        return ""


def _named(git: Path, name: str) -> str:
    common = git / "commondir"
    if common.exists():
        git = git / common.read_text().strip()
    if (git / name).exists():
        return (git / name).read_text().strip()
    lines = (line.split(" ") for line in (git / "packed-refs").read_text().splitlines())
    return next((line[0] for line in lines if line[-1] == name), "")
