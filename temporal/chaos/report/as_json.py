"""The report for programs: one JSON object with the campaign, its scenarios, its points and every run."""

from collections.abc import Mapping, Sequence

from temporal.chaos.evidence import Verdict
from temporal.chaos.report.facts import Facts
from temporal.chaos.report.percentiles import failure_bound, percentiles
from temporal.chaos.report.summary import breaches_of, drains, landed_in, summaries


def campaign_json(verdicts: Sequence[Verdict], facts: Facts) -> dict[str, object]:
    """Returns the campaign as a JSON object; times are ISO 8601 (UTC), durations seconds."""
    failed = sum(not verdict.passed for verdict in verdicts)
    return {
        "command": facts.command_line,
        "commit": facts.commit,
        "seed": facts.seed,
        "target": facts.target,
        "machine": facts.machine,
        "began": facts.began.isoformat(),
        "ended": facts.ended.isoformat(),
        "runs": len(verdicts),
        "failed": failed,
        "rate": failure_bound(failed, len(verdicts)),
        "landed": [
            {"fault": fault, "point": point, "times": times}
            for (fault, point), times in landed_in(verdicts).items()
        ],
        "scenarios": [summary.as_json() for summary in summaries(verdicts)],
        "points": [
            {
                "point": point,
                "workers": workers,
                "n": len(late),
                "late": _rounded(percentiles(late)),
            }
            for (point, workers), late in by_point(verdicts).items()
        ],
        "drain": {workers: _rounded(percentiles(took)) for workers, took in drains(verdicts).items()},
        "each": [_run_json(verdict, facts) for verdict in verdicts],
    }


def by_point(verdicts: Sequence[Verdict]) -> dict[tuple[str, str], list[float]]:
    """Returns by point and kind of workers how late each workflow went on after a fault, in seconds."""
    found: dict[tuple[str, str], list[float]] = {}
    for verdict in verdicts:
        for point, late in verdict.lateness.items():
            found.setdefault((point, verdict.evidence.workers), []).extend(late)
    return {key: sorted(late) for key, late in found.items() if late}


def _rounded(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: round(seconds, 4) for name, seconds in figures.items()}


def _run_json(verdict: Verdict, facts: Facts) -> dict[str, object]:
    evidence = verdict.evidence
    return {
        "scenario": evidence.scenario,
        "workload": evidence.workload,
        "workers": evidence.workers,
        "number": evidence.number,
        "seed": evidence.seed,
        "began": evidence.began.isoformat(),
        "seconds": round((evidence.ended - evidence.began).total_seconds(), 3),
        "passed": verdict.passed,
        "breaches": breaches_of(verdict),
        "late_bound_seconds": evidence.late_bound_seconds,
        "workflows": [one.workflow_id for one in evidence.started],
        "landed": [
            {
                "fault": landing.planned.fault,
                "point": landing.planned.point,
                "at": landing.at.isoformat(),
                "healed": landing.healed.isoformat() if landing.healed else None,
                "pids": list(landing.pids),
                "proof": landing.proof,
            }
            for landing in evidence.landed
        ],
        "replay": facts.replay_line(evidence),
    }
