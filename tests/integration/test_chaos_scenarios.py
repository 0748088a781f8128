"""Every scenario that the embedded engine allows: its faults land where they are meant, nothing breaks."""

from collections.abc import Sequence

import pytest

from temporal.chaos.evidence import Fault, Verdict
from temporal.chaos.fault_scenarios import FAULTS
from temporal.chaos.point_scenarios import POINTS, SEED
from temporal.chaos.scenario import Scenario
from tests.integration.chaos_runs import SEED as DRAWN
from tests.integration.chaos_runs import breaches, verdicts_of

pytestmark = pytest.mark.timeout(400)  # the first test of a group waits for all of the group's runs


def possible(scenarios: Sequence[Scenario]) -> list[Scenario]:
    return [one for one in scenarios if not one.lacking("embedded", supervised=True)]


@pytest.fixture(scope="module")
def at_points(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdict]:
    return verdicts_of(POINTS, tmp_path_factory.mktemp("points"))


@pytest.fixture(scope="module")
def of_faults(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdict]:
    return verdicts_of(possible(FAULTS), tmp_path_factory.mktemp("faults"))


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Verdict]:
    return verdicts_of(SEED, tmp_path_factory.mktemp("stock"), supervised=False)


@pytest.mark.parametrize("scenario", POINTS, ids=lambda scenario: scenario.name)
def test_a_kill_at_a_point_breaks_nothing(at_points: dict[str, Verdict], scenario: Scenario) -> None:
    verdict = at_points[scenario.name]
    assert breaches(verdict) == []
    assert [landing.planned for landing in verdict.evidence.landed] == scenario.planned
    assert all(landing.proof for landing in verdict.evidence.landed)


@pytest.mark.parametrize("scenario", possible(FAULTS), ids=lambda scenario: scenario.name)
def test_a_fault_breaks_nothing(of_faults: dict[str, Verdict], scenario: Scenario) -> None:
    verdict = of_faults[scenario.name]
    assert breaches(verdict) == []
    planned = scenario.of_seed(DRAWN, supervised=True).planned
    assert [landing.planned for landing in verdict.evidence.landed] == planned
    assert all(landing.proof for landing in verdict.evidence.landed)


@pytest.mark.parametrize("name", [scenario.name for scenario in SEED])
def test_plain_workers_lose_nothing_either(stock: dict[str, Verdict], name: str) -> None:
    assert breaches(stock[name]) == []
    assert len(stock[name].evidence.landed) == 1


def test_the_closed_form_has_children_signals_and_a_second_run(at_points: dict[str, Verdict]) -> None:
    evidence = at_points["kill-closed-form"].evidence
    ending = evidence.endings[0]
    assert ending.workflow_id == evidence.started[0].workflow_id
    assert len(ending.histories) == 2
    assert ending.applied == [sent.message_id for sent in evidence.sent]
    assert len(evidence.started) == 5  # itself, and two children in each of two rounds


def test_a_supervised_zombie_is_killed_before_it_wakes(of_faults: dict[str, Verdict]) -> None:
    [landing] = of_faults["zombie"].evidence.landed
    assert landing.planned == Fault(fault="zombie", point="after-effect")
    assert landing.healed is None
