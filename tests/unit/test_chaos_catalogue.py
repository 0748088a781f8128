"""The catalogue: every point and every fault is in it, and what a seed draws can be drawn again."""

import pytest

from temporal.chaos.chance import Chance
from temporal.chaos.faults import network, oom, processes, server, store, zombie
from temporal.chaos.faults.kind import Kind
from temporal.chaos.points.catalogue import POINTS
from temporal.chaos.scenario import Scenario
from temporal.chaos.scenarios import GROUPS, SCENARIOS

MODULES = (network, oom, processes, server, store, zombie)
KINDS = [one for module in MODULES for one in vars(module).values() if isinstance(one, Kind)]
SEVERAL = next(scenario for scenario in SCENARIOS if scenario.name == "several")


@pytest.mark.parametrize("name", [point.name for point in POINTS])
def test_every_point_is_struck_by_a_scenario_of_the_soak(name: str) -> None:
    assert name in {strike.point.name for one in GROUPS["soak"] for strike in one.strikes}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_kind_of_fault_is_in_a_scenario(kind: Kind) -> None:
    assert kind in [found for scenario in SCENARIOS for found in scenario.kinds]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_only_kinds_that_a_worker_can_do_to_itself_strike_at_a_moment_within_it(scenario: Scenario) -> None:
    for strike in scenario.strikes:
        if strike.point.moment:
            assert len({kind.armed for kind in strike.kinds}) == 1
            assert all(kind.armed is not None for kind in strike.kinds)


def test_names_are_unique_and_no_group_has_one() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert len(set(names)) == len(names)
    assert not set(names) & set(GROUPS)


def test_a_seed_draws_the_same_again_and_seeds_draw_differently() -> None:
    drawn = [SEVERAL.of_seed(seed, supervised=True).planned for seed in range(20)]
    assert drawn == [SEVERAL.of_seed(seed, supervised=True).planned for seed in range(20)]
    assert len({tuple(planned) for planned in drawn}) > 3
    assert all(len(planned) > 1 for planned in drawn)


def test_chance_reaches_everything_that_it_may_draw() -> None:
    chance = Chance("seed")
    assert {chance.choice("abc") for _ in range(50)} == set("abc")
    assert all(0 <= chance.below(3) < 3 for _ in range(50))


def test_a_fault_of_the_database_needs_the_stack_and_one_of_the_supervisor_needs_one() -> None:
    by_name = {scenario.name: scenario for scenario in SCENARIOS}
    assert by_name["kill-postgresql"].lacking("embedded", supervised=True)
    assert not by_name["kill-postgresql"].lacking("compose", supervised=True)
    assert by_name["kill-supervisor"].lacking("embedded", supervised=False)
    assert not by_name["kill-supervisor"].lacking("embedded", supervised=True)
    assert by_name["kill-server"].lacking("address", supervised=True)


def test_a_stock_workers_lateness_is_shown_and_not_bounded_like_a_supervised_ones() -> None:
    for scenario in SCENARIOS:
        assert scenario.late_bound(supervised=False) > scenario.late_bound(supervised=True)
