"""What a chaos command may ask for: names, groups, targets, and a worker of one's own."""

from collections.abc import Sequence

import pytest

from temporal.chaos.scenarios import SEED
from temporal.cli.chaos_choice import Choice, chosen
from temporal.command_line import USAGE, CommandError

BOTH = (True, False)
FOREIGN = "tests.integration.foreign_load:load"


def choose(
    names: Sequence[str] | None = None,
    target: str = "embedded",
    *,
    worker: str | None = None,
    load: str | None = None,
    mine: bool = False,
) -> Choice:
    return chosen(names, target, BOTH, worker=worker, load=load, mine=mine)


def test_without_a_name_it_is_the_seeds_two_scenarios() -> None:
    assert choose().scenarios == list(SEED)


def test_names_and_groups_add_up_each_scenario_once() -> None:
    names = [scenario.name for scenario in choose(["kill-decided", "seed", "kill-mid-sleep"]).scenarios]
    assert names == ["kill-decided", "kill-mid-sleep", "kill-mid-activity"]


def test_a_group_leaves_out_what_cannot_be_done_here_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert "kill-postgresql" not in [scenario.name for scenario in choose(["all"]).scenarios]
    assert "not available here: kill-postgresql: " in capsys.readouterr().err
    assert "kill-postgresql" in [scenario.name for scenario in choose(["all"], "compose").scenarios]


def test_a_scenario_that_is_named_is_kept_though_it_cannot_be_done() -> None:
    assert [scenario.name for scenario in choose(["kill-postgresql"]).scenarios] == ["kill-postgresql"]


@pytest.mark.parametrize("target", ["127.0.0.1:7233", "localhost:7233", "[::1]:7233", "127.1.2.3:7233"])
def test_a_temporal_on_this_machine_may_be_a_target(target: str) -> None:
    assert choose(target=target).address == target


@pytest.mark.parametrize("target", ["temporal.example.com:7233", "10.0.0.1:7233", "[2001:db8::1]:7233"])
def test_one_elsewhere_is_refused_unless_the_user_owns_it(target: str) -> None:
    with pytest.raises(CommandError, match="--i-own-this-target") as raised:
        choose(target=target)
    assert raised.value.exit_code == USAGE
    assert choose(target=target, mine=True).address == target


@pytest.mark.parametrize("target", ["somewhere", "host:port", ":7233", ""])
def test_what_is_no_target_is_wrong_usage(target: str) -> None:
    with pytest.raises(CommandError, match="--target") as raised:
        choose(target=target, mine=True)
    assert raised.value.exit_code == USAGE


def test_an_unknown_scenario_is_wrong_usage() -> None:
    with pytest.raises(CommandError, match="--scenario 'kill-everyone'") as raised:
        choose(["kill-everyone"])
    assert raised.value.exit_code == USAGE


@pytest.mark.parametrize(("worker", "load"), [("./worker", None), (None, FOREIGN)])
def test_a_worker_needs_a_load_and_a_load_a_worker(worker: str | None, load: str | None) -> None:
    with pytest.raises(CommandError, match="--worker and --load") as raised:
        choose(worker=worker, load=load)
    assert raised.value.exit_code == USAGE


@pytest.mark.parametrize(
    "load", ["no.such.module:load", "tests.integration.foreign_load:nothing", "json:dumps", ""]
)
def test_a_load_that_is_no_coroutine_function_is_wrong_usage(load: str) -> None:
    with pytest.raises(CommandError, match="--load") as raised:
        choose(worker="./worker", load=load)
    assert raised.value.exit_code == USAGE


def test_a_worker_of_ones_own_gets_scenarios_that_need_no_knowledge_of_it() -> None:
    choice = choose(worker="./worker --fast", load=FOREIGN)
    assert choice.command == ["./worker", "--fast"]
    assert {scenario.workload.name for scenario in choice.scenarios} == {"foreign"}
    assert "kill-worker" in [scenario.name for scenario in choice.scenarios]
