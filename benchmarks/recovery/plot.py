"""A picture of a run: how late which share of the workflows was, on a logarithmic scale of time."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from benchmarks.recovery.run import Measured

COLUMNS = 3
PANEL_INCHES = (5.0, 3.2)
SHORTEST_SECONDS = 0.001
"""What is shorter is drawn here: a logarithm has no zero."""


def plot(measured: Measured, file: Path) -> None:
    """Draws a panel a kill point and one for the loaded service; the file's suffix says how (.png, .svg).

    Raises:
        OSError: The file cannot be written.
        ValueError: The suffix is unknown.
    """
    panels = {
        point: {one.workers: one.late[point] for one in measured.kills}
        for point in (measured.kills[0].late if measured.kills else ())
    }
    if measured.loads:
        panels["under load"] = {load.name: load.late() for load in measured.loads}
    columns = max(min(len(panels), COLUMNS), 1)
    rows = max(-(-len(panels) // columns), 1)
    width, height = PANEL_INCHES
    figure = Figure(figsize=(columns * width, rows * height), layout="constrained")
    names = dict.fromkeys(name for series in panels.values() for name in series)
    colours = {name: f"C{number}" for number, name in enumerate(names)}
    for number, (title, series) in enumerate(panels.items(), 1):
        _draw(figure.add_subplot(rows, columns, number), title, series, colours)
    lines = [Line2D([], [], color=colour, label=name) for name, colour in colours.items()]
    figure.legend(handles=lines, loc="outside lower center", ncols=4, fontsize="small")
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file)


def _draw(axes: Axes, title: str, series: Mapping[str, Sequence[float]], colours: Mapping[str, str]) -> None:
    for name, seconds in series.items():
        if seconds:
            late = sorted(max(one, SHORTEST_SECONDS) for one in seconds)
            shares = [100 * number / len(late) for number in range(1, len(late) + 1)]
            axes.step([late[0], *late], [0.0, *shares], where="post", color=colours[name])
    axes.set_xscale("log")
    axes.set_title(title)
    axes.set_xlabel("late by at most, seconds")
    axes.set_ylabel("% of workflows")
    axes.grid(visible=True, which="major", alpha=0.3)
