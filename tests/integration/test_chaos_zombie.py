"""A plain worker that is stopped, given up and woken: its late completion is refused."""

from pathlib import Path

from temporal.chaos.scenarios import SCENARIOS
from tests.integration.chaos_runs import breaches, verdicts_of


def test_a_zombies_completion_is_refused(tmp_path: Path) -> None:
    [zombie] = [scenario for scenario in SCENARIOS if scenario.name == "zombie"]
    verdict = verdicts_of([zombie], tmp_path, supervised=False)["zombie"]
    assert breaches(verdict) == []
    [landing] = verdict.evidence.landed
    assert landing.healed is not None
    [line] = verdict.evidence.fenced
    assert line.startswith("refused: attempt 1 of compute_term")
