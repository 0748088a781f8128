"""A picture of a ramp: what was done and how long it took, by what came; and memory over time."""

from pathlib import Path

from matplotlib.figure import Figure

from benchmarks.load.report import Measured, percentile

INCHES = (13.0, 3.6)


def plot(measured: Measured, file: Path) -> None:
    """Draws three panels; the file's suffix says how (.png, .svg).

    Raises:
        OSError: The file cannot be written.
        ValueError: The suffix is unknown.
    """
    figure = Figure(figsize=INCHES, layout="constrained")
    done, taken, memory = figure.subplots(1, 3)
    ramp = measured.ramp or measured.api
    rates = [step.arrivals.rate for step in ramp]
    done.plot(rates, [step.done_rate for step in ramp], marker="o", label="done")
    done.plot(rates, rates, linestyle=":", label="came")
    done.set_ylabel("workflows a second")
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        taken.plot(
            rates,
            [percentile(step.arrivals.taken, share) for step in ramp],
            marker="o",
            label=f"end, {name}",
        )
    taken.set_yscale("log")
    taken.set_ylabel("seconds from when it was due")
    for axes in (done, taken):
        axes.set_xlabel("came, workflows a second")
    _, step = list(measured.steps())[-1]
    for role, usage in step.usage.items():
        memory.plot(usage.megabytes, label=role)
    memory.set_xlabel("seconds of the last load")
    memory.set_ylabel("resident MB")
    for axes in (done, taken, memory):
        axes.grid(visible=True, alpha=0.3)
        axes.legend(fontsize="small")
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file)
