"""The tables of a load, its bars, and its JSON."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.table import Table

from benchmarks.bars import Bar
from benchmarks.load.parts import Step, worker_megabytes
from benchmarks.load.service import CLIENT, WORKERS

PARKED_MEGABYTES = 400.0
"""What a worker may take with 10,000 parked workflows on the default cache, in MB: the project's bar."""

SOAK_MEGABYTES = 30.0
SOAK_FILES = 24
"""What a role of processes may grow by over a soak: memory in MB, open files."""


@dataclass
class Measured:
    """What was measured; what was not asked for is empty.

    Attributes:
        workers: How many workers there were.
        ramp: A step a rate.
        api: The same for approvals over HTTP.
        backlog: The drain of a backlog.
        parked: The parked workflows.
        soak: The long time at one rate.
    """

    workers: int
    ramp: Sequence[Step] = ()
    api: Sequence[Step] = ()
    backlog: Step | None = None
    parked: Step | None = None
    soak: Step | None = None

    def steps(self) -> Iterator[tuple[str, Step]]:
        """Yields each step with what the table calls it."""
        yield from ((f"{step.arrivals.rate:g}/s", step) for step in self.ramp)
        yield from ((f"API {step.arrivals.rate:g}/s", step) for step in self.api)
        for name, step in (("backlog", self.backlog), ("parked", self.parked), ("soak", self.soak)):
            if step is not None:
                yield name, step


def percentile(values: Sequence[float], share: float) -> float:
    """Returns the value that `share` of the values do not exceed; 0 of none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def tables(measured: Measured) -> list[Table]:
    """Returns what came beside what was done, and what each role of processes took."""
    work = Table(
        "load", "came", "done/s", "start p50", "p99", "end p50", "p99", "max", "drained", "refused", "lost",
        title="From when each piece was due, seconds", title_justify="left",
    )  # fmt: skip
    roles = Table("load", "role", "cores", "most MB", title="Processes while work came", title_justify="left")
    for name, step in measured.steps():
        arrivals = step.arrivals
        starts, ends = arrivals.start_seconds, arrivals.taken
        seconds = (
            percentile(starts, 0.5), percentile(starts, 0.99),
            percentile(ends, 0.5), percentile(ends, 0.99), percentile(ends, 1.0), step.drained,
        )  # fmt: skip
        work.add_row(
            name,
            str(len(starts)),
            f"{step.done_rate:.1f}",
            *(f"{one:.3f}" for one in seconds),
            str(sum(arrivals.refused.values())),
            str(arrivals.lost + arrivals.failed),
        )
        for role, usage in step.usage.items():
            roles.add_row(name, role, f"{usage.cores:.2f}", f"{usage.most_megabytes:.0f}")
    return [work, roles]


def bars(measured: Measured) -> list[Bar]:
    """Returns the promises: nothing is lost at any load, and memory and files stay bounded."""
    kept = [
        Bar(
            f"{name}: acknowledged work that was lost or failed",
            step.arrivals.lost + step.arrivals.failed,
            1,
            "",
        )
        for name, step in measured.steps()
    ]
    if measured.parked:
        megabytes = worker_megabytes(measured.parked, measured.workers)
        kept.append(Bar("parked: memory of a worker", megabytes, PARKED_MEGABYTES, "MB"))
    if measured.soak:
        for role, usage in measured.soak.usage.items():
            if role != CLIENT:  # it remembers every id on purpose
                megabytes, files = usage.drift()
                kept.append(Bar(f"soak: growth of {role}", megabytes, SOAK_MEGABYTES, "MB"))
                kept.append(Bar(f"soak: more open files of {role}", files, SOAK_FILES, ""))
    return kept


def saturation(ramp: Sequence[Step]) -> float:
    """Returns the highest rate of ends that any step of a ramp showed, pieces of work a second."""
    return max((step.done_rate for step in ramp), default=0.0)


def conclusions(measured: Measured) -> list[str]:
    """Returns in words where the service saturates and on what."""
    return [
        _conclusion(name, ramp)
        for name, ramp in (("workflows", measured.ramp), ("approvals over HTTP", measured.api))
        if ramp
    ]


def _conclusion(name: str, ramp: Sequence[Step]) -> str:
    peak = max(ramp, key=lambda step: step.done_rate)
    role, cores = peak.saturates
    kept_up = max((step.arrivals.rate for step in ramp if step.sustained), default=0.0)
    return (
        f"{name}: keeps up with {kept_up:g} a second, at most {saturation(ramp):.1f} a second end; there the "
        f"{role} takes most: {cores:.2f} cores, the workers {peak.usage[WORKERS].cores:.2f}"
    )


def as_json(measured: Measured) -> dict[str, object]:
    """Returns all of it as JSON: seconds, MB, cores."""
    return {
        "saturation": {"workflows": saturation(measured.ramp), "approvals": saturation(measured.api)},
        "steps": {
            name: {
                "rate": step.arrivals.rate,
                "seconds": step.seconds,
                "drained": step.drained,
                "acknowledged": len(step.arrivals.start_seconds),
                "refused": dict(step.arrivals.refused),
                "lost": step.arrivals.lost,
                "failed": step.arrivals.failed,
                "start": {
                    f"p{share:g}": percentile(step.arrivals.start_seconds, share / 100)
                    for share in (50, 95, 99)
                },
                "end": {
                    f"p{share:g}": percentile(step.arrivals.taken, share / 100) for share in (50, 95, 99, 100)
                },
                "usage": {
                    role: {"cores": one.cores, "megabytes": one.most_megabytes}
                    for role, one in step.usage.items()
                },
            }
            for name, step in measured.steps()
        },
        "bars": {bar.what: bar.met for bar in bars(measured)},
    }
