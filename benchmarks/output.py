"""What every benchmark prints around its own tables."""

import os
import platform
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import version

from rich.console import Console, RenderableType

WIDTH = 150
"""Columns of the tables where there is no terminal that says."""


def machine() -> dict[str, object]:
    """Returns what the figures depend on; `load` is the machine's over the last minute."""
    return {
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "temporalio": version("temporalio"),
    }


def print_tables(conditions: Mapping[str, object], tables: Iterable[RenderableType]) -> None:
    """Prints one line that names what the figures depend on, and the tables."""
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    line = ", ".join(f"{name} {value}" for name, value in conditions.items())
    console.print(line, soft_wrap=True, highlight=False)
    console.print(*tables)
