"""The catalogue of controls, and when one counts as caught."""

from dataclasses import replace

from temporal.chaos.controls.__main__ import app
from temporal.chaos.controls.catalogue import CONTROLS, Control
from temporal.chaos.controls.running import Outcome
from temporal.chaos.evidence import Verdict
from temporal.chaos.invariants import INVARIANTS
from temporal.command_line import USAGE, run_app
from tests.made_evidence import a_run
from tests.made_histories import HandMade

SOUND, *BROKEN = CONTROLS


def outcome(control: Control, *broke: str) -> Outcome:
    breaches: dict[str, list[str] | None] = {name: ["a breach"] for name in broke}
    return Outcome(control, Verdict(evidence=a_run(HandMade()), breaches=breaches, lateness={}))


def test_every_invariant_has_a_control() -> None:
    assert {control.catches for control in BROKEN} == {invariant.NAME for invariant in INVARIANTS}
    assert len({control.name for control in CONTROLS}) == len(CONTROLS)


def test_a_control_is_caught_by_its_own_invariant_only() -> None:
    [control] = [one for one in BROKEN if one.catches == "messages"]
    assert outcome(control, "messages", "replay").caught
    assert not outcome(control, "replay").caught
    assert not outcome(control).caught


def test_the_sound_variant_must_break_nothing() -> None:
    assert SOUND.catches == ""
    assert outcome(SOUND).caught
    assert not outcome(SOUND, "leaks").caught


def test_a_control_that_was_not_carried_out_is_not_caught() -> None:
    one = outcome(BROKEN[0], BROKEN[0].catches)
    spoilt = replace(one.verdict.evidence, not_carried_out="no engine")
    assert not replace(one, verdict=replace(one.verdict, evidence=spoilt)).caught


def test_an_unknown_control_is_wrong_usage() -> None:
    assert run_app(app, ["unknown"]) == USAGE
