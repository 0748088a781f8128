"""The project's promises: what was measured beside the limit, and whether it was kept."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.table import Table

from temporal.command_line import DONE, FAILED


@dataclass(frozen=True)
class Bar:
    """A promise of the project: what was measured must stay below `limit`; both in `unit`."""

    what: str
    measured: float
    limit: float
    unit: str

    @property
    def met(self) -> bool:
        """Whether it was kept."""
        return self.measured < self.limit


def bars_table(bars: Iterable[Bar]) -> Table:
    """Returns the bars as a table, those that were missed in red."""
    shown = Table("what", "measured", "bar", title="Bars", title_justify="left")
    for bar in bars:
        colour = "green" if bar.met else "red"
        shown.add_row(
            bar.what, f"[{colour}]{bar.measured:.3g} {bar.unit}[/]", f"< {bar.limit:.3g} {bar.unit}"
        )
    return shown


def verdict(bars: Iterable[Bar]) -> int:
    """Returns the exit code: FAILED when a bar is missed."""
    return DONE if all(bar.met for bar in bars) else FAILED
