"""The report for people: one HTML file that holds everything it shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from temporal.chaos.evidence import Verdict
from temporal.chaos.invariants import INVARIANTS
from temporal.chaos.report.as_json import by_point
from temporal.chaos.report.charts import drawn_timeline, histogram
from temporal.chaos.report.facts import Facts
from temporal.chaos.report.percentiles import QUANTILES, failure_bound, percentiles
from temporal.chaos.report.summary import breaches_of, drains, landed_in, summaries
from temporal.chaos.report.timeline import Timeline, timeline

TEMPLATE = "report.html.j2"


def html(verdicts: Sequence[Verdict], facts: Facts) -> str:
    """Returns the page."""
    environment = Environment(
        loader=PackageLoader("temporal.chaos.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    failed = [verdict for verdict in verdicts if not verdict.passed]
    page = environment.get_template(TEMPLATE).render(
        facts=facts,
        rate=failure_bound(len(failed), len(verdicts)),
        failed=bool(failed),
        invariants=INVARIANTS,
        summaries=summaries(verdicts),
        points=_points(verdicts),
        quantiles=[*QUANTILES, "longest"],
        landed=landed_in(verdicts),
        drains={workers: percentiles(took) for workers, took in drains(verdicts).items()},
        timelines=_timelines(verdicts),
        runs=[(verdict, breaches_of(verdict), facts.replay_line(verdict.evidence)) for verdict in verdicts],
    )
    return compact(page)


def compact(page: str) -> str:
    """Returns a page without the white space that nobody sees: a line a section, charts included."""
    return " ".join(page.split()).replace(" <section", "\n<section") + "\n"


@dataclass(frozen=True)
class Point:
    """A point's recovery times by kind of workers, supervised first, in figures and as a picture (SVG)."""

    name: str
    late: Mapping[str, Sequence[float]]
    picture: str

    @property
    def figures(self) -> dict[str, Mapping[str, float]]:
        """Percentiles by kind of workers, in seconds."""
        return {kind: percentiles(late) for kind, late in self.late.items()}


def _points(verdicts: Sequence[Verdict]) -> list[Point]:
    series: dict[str, dict[str, list[float]]] = {}
    for (point, workers), late in by_point(verdicts).items():
        series.setdefault(point, {})[workers] = late
    found = []
    for number, (point, kinds) in enumerate(series.items()):
        ordered = dict(sorted(kinds.items(), key=lambda kind: kind[0] != "supervised"))
        found.append(Point(point, ordered, histogram(f"histogram{number}", point, ordered)))
    return found


def _timelines(verdicts: Sequence[Verdict]) -> list[tuple[Timeline, str]]:
    """Draws the latest run of one scenario for each kind of workers: a failed one, or one with a release."""
    drawn = [(verdict, line) for verdict in verdicts if (line := timeline(verdict))]
    drawn.sort(key=lambda one: (one[0].passed, one[1].released is None, -one[1].next_step))
    found = []
    for kind in ("supervised", "stock"):
        for verdict, line in drawn:
            run = verdict.evidence
            if (run.workers, run.scenario) == (kind, drawn[0][0].evidence.scenario):
                found.append((line, drawn_timeline(f"timeline-{kind}", line)))
                break
    return found
