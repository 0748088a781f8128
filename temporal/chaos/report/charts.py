"""The report's pictures, as SVG to stand within a page. The only module here that needs matplotlib."""

import io
import re
from collections.abc import Mapping, Sequence

import matplotlib
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from temporal.chaos.report.timeline import Timeline

INCHES = (4.4, 2.7)
SHORTEST_SECONDS = 0.001
"""What is shorter is drawn here: a logarithm has no zero."""

BEFORE_SECONDS, AFTER_SECONDS = 2.0, 1.5
"""How much of a timeline is shown before the fault and after the next step, in seconds."""

COLOURS = {"supervised": "#0b6e4f", "stock": "#b4530a"}
WAITS, RUNS = "#d9c7a8", "#31517c"
KILLED, RELEASED, NEXT = "#b3261e", "#6b3fa0", "#0b6e4f"
LINES = ("workflow tasks", "activities", "timers")


def histogram(name: str, point: str, series: Mapping[str, Sequence[float]]) -> str:
    """Draws how late workflows went on after faults at a point, three bars a decade, by kind of workers."""
    figure = Figure(figsize=INCHES, layout="constrained")
    axes = figure.add_subplot()
    edges = [10 ** (exponent / 3) for exponent in range(-9, 7)]
    kinds = list(series)
    drawn = [[min(max(s, SHORTEST_SECONDS), edges[-1]) for s in series[kind]] for kind in kinds]
    labels = [f"{kind} (n = {len(series[kind])})" for kind in kinds]
    colours = [COLOURS.get(kind, RUNS) for kind in kinds]
    axes.hist(drawn, bins=edges, label=labels, color=colours, histtype="stepfilled", alpha=0.6)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xscale("log")
    axes.set_xlabel("seconds late")
    axes.set_ylabel("workflows")
    figure.legend(fontsize="small", ncols=2, loc="outside upper center")
    return _svg(figure, name, f"Histogram of recovery times at {point}")


def drawn_timeline(name: str, of: Timeline) -> str:
    """Draws one run around its fault."""
    figure = Figure(figsize=INCHES, layout="constrained")
    axes = figure.add_subplot()
    for span in of.spans:
        axes.barh(
            LINES.index(span.line),
            max(span.end - span.begin, 0.004),
            left=span.begin,
            height=0.5,
            color=WAITS if span.waits else RUNS,
        )
    marks = [("fault", 0.0, KILLED), ("over", of.healed, KILLED), ("release", of.released, RELEASED)]
    for label, at, colour in [*marks, ("next step", of.next_step, NEXT)]:
        if at is not None:
            axes.axvline(at, color=colour, linewidth=1.4, label=f"{label} {at:+.3f} s")
    axes.set_yticks(range(len(LINES)), LINES)
    axes.set_ylim(len(LINES) - 0.5, -0.5)
    axes.set_xlim(-BEFORE_SECONDS, of.next_step + AFTER_SECONDS)
    axes.set_xlabel("seconds after the fault")
    figure.legend(fontsize="small", ncols=2, loc="outside upper center")
    return _svg(figure, name, f"Timeline of {of.title}")


def _svg(figure: Figure, name: str, label: str) -> str:
    """Returns the figure as an element; ids get the name in front, so that several fit into one page."""
    text = io.StringIO()
    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": name, "font.size": 9}):
        figure.savefig(text, format="svg", metadata={"Date": None})
    svg = text.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    # Its size comes from the page; what it shows is said to those who do not see it.
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    return svg.replace("<svg", f'<svg role="img" aria-label="{_attribute(label)}"', 1)


def _attribute(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
