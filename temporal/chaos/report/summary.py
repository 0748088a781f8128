"""One scenario's runs with one kind of workers, in figures."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from temporal.chaos.evidence import Verdict
from temporal.chaos.invariants import INVARIANTS
from temporal.chaos.report.percentiles import failure_bound, percentiles


@dataclass(frozen=True)
class Held:
    """How often an invariant applied to a scenario's runs, and how often it broke."""

    applied: int
    broken: int

    @property
    def shown(self) -> str:
        """A dash where it never applied, else how many of the runs kept it."""
        return f"{self.applied - self.broken} of {self.applied}" if self.applied else "-"


@dataclass(frozen=True, kw_only=True)
class Summary:
    """One scenario's runs.

    Attributes:
        scenario: Its name.
        workers: Who ran them: `supervised` or `stock`.
        passed: Runs in which every invariant held.
        runs: All of its runs.
        late_seconds: How late the latest step after a fault was, a figure a run, in seconds; sorted.
        breaches: What broke, each line once.
        held: By invariant, how often it applied and broke.
        landed: How often each fault landed, by fault and point.
    """

    scenario: str
    workers: str
    passed: int
    runs: int
    late_seconds: list[float]
    breaches: list[str]
    held: Mapping[str, Held]
    landed: Mapping[tuple[str, str], int]

    def as_json(self) -> dict[str, object]:
        """Returns the summary as a JSON object."""
        return {
            "scenario": self.scenario,
            "workers": self.workers,
            "passed": self.passed,
            "runs": self.runs,
            "rate": failure_bound(self.runs - self.passed, self.runs),
            "late_seconds": [round(seconds, 4) for seconds in self.late_seconds],
            "late": {name: round(seconds, 4) for name, seconds in percentiles(self.late_seconds).items()},
            "breaches": self.breaches,
            "invariants": {
                name: {"applied": one.applied, "broken": one.broken} for name, one in self.held.items()
            },
            "landed": [
                {"fault": fault, "point": point, "times": times}
                for (fault, point), times in self.landed.items()
            ],
        }


def summaries(verdicts: Sequence[Verdict]) -> list[Summary]:
    """Returns one summary a scenario and kind of workers, in order of their first runs."""
    kinds = dict.fromkeys((one.evidence.scenario, one.evidence.workers) for one in verdicts)
    return [
        _summary(
            [v for v in verdicts if (v.evidence.scenario, v.evidence.workers) == (scenario, workers)],
        )
        for scenario, workers in kinds
    ]


def breaches_of(verdict: Verdict) -> list[str]:
    """Returns every breach of a run, with its invariant's name in front."""
    if verdict.evidence.not_carried_out:
        return [f"not carried out: {verdict.evidence.not_carried_out}"]
    return [f"{name}: {line}" for name, lines in verdict.breaches.items() for line in lines or ()]


def landed_in(verdicts: Sequence[Verdict]) -> Mapping[tuple[str, str], int]:
    """Returns how often each fault landed at each point."""
    return Counter(
        (landing.planned.fault, landing.planned.point)
        for verdict in verdicts
        for landing in verdict.evidence.landed
    )


def drains(verdicts: Sequence[Verdict]) -> Mapping[str, list[float]]:
    """Returns by kind of workers how long they took to drain at the runs' ends, in seconds."""
    found: dict[str, list[float]] = {}
    for verdict in verdicts:
        if verdict.evidence.drain_seconds is not None:
            found.setdefault(verdict.evidence.workers, []).append(verdict.evidence.drain_seconds)
    return found


def _summary(verdicts: list[Verdict]) -> Summary:
    return Summary(
        scenario=verdicts[0].evidence.scenario,
        workers=verdicts[0].evidence.workers,
        passed=sum(verdict.passed for verdict in verdicts),
        runs=len(verdicts),
        late_seconds=sorted(
            max(late) for verdict in verdicts if (late := [s for of in verdict.lateness.values() for s in of])
        ),
        breaches=list(dict.fromkeys(line for verdict in verdicts for line in breaches_of(verdict))),
        held={invariant.NAME: _held(invariant.NAME, verdicts) for invariant in INVARIANTS},
        landed=landed_in(verdicts),
    )


def _held(name: str, verdicts: Sequence[Verdict]) -> Held:
    applied = [lines for verdict in verdicts if (lines := verdict.breaches.get(name)) is not None]
    return Held(applied=len(applied), broken=sum(bool(lines) for lines in applied))
