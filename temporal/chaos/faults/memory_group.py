"""Control groups with little memory, of either version, for processes that are to be killed by the kernel."""

import os
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from temporal.chaos.leftovers import GROUP_PREFIX

ROOT = Path("/sys/fs/cgroup")

LIMIT_BYTES = 64 * 1024 * 1024
"""What a process may take on top of what it has when it joins, in bytes: that stays with the group before."""


def lacks_groups(supervised: bool) -> str:
    """Returns why no such group can be made here; empty if one can."""
    base = _base()
    if base is None or not os.access(base, os.W_OK):
        return "no control group for memory can be made (Linux, root)"
    return ""


@contextmanager
def little_memory(pids: Collection[int]) -> Iterator[Path]:
    """Puts processes into a group of little memory, and removes it; who still lives goes back."""
    base = _base()
    if base is None:
        raise RuntimeError("ask lacks_groups first")
    harness = os.environ.get("CHAOS_HARNESS", "none")
    group = base / f"{GROUP_PREFIX}{harness}-{uuid.uuid4().hex[:8]}"
    group.mkdir()
    try:
        version_1 = (group / "memory.limit_in_bytes").exists()
        (group / ("memory.limit_in_bytes" if version_1 else "memory.max")).write_text(str(LIMIT_BYTES))
        homes = {pid: _group_of(pid) for pid in pids}
        for pid in pids:
            (group / "cgroup.procs").write_text(str(pid))
        yield group
        for pid, home in homes.items():
            with suppress(OSError):  # it is dead
                (base / home / "cgroup.procs").write_text(str(pid))
    finally:
        with suppress(OSError):  # somebody is still in it: the next harness sees to it
            group.rmdir()


def kills_in(group: Path) -> int:
    """Returns how many processes of a group the kernel has killed for want of memory."""
    events = group / "memory.events"
    source = events if events.exists() else group / "memory.oom_control"
    counts = dict(line.split() for line in source.read_text().splitlines())
    return int(counts.get("oom_kill", 0))


def _base() -> Path | None:
    """Returns the folder in which groups for memory are made: version 1 has one of its own."""
    if (ROOT / "memory" / "memory.limit_in_bytes").exists():
        return ROOT / "memory"
    control = ROOT / "cgroup.subtree_control"
    return ROOT if control.exists() and "memory" in control.read_text().split() else None


def _group_of(pid: int) -> str:
    """Returns a process's group for memory, relative to the folder of all."""
    lines = Path(f"/proc/{pid}/cgroup").read_text().splitlines()
    found = [line.split(":", 2) for line in lines]
    return next((path.lstrip("/") for _, controllers, path in found if controllers in ("memory", "")), "")
