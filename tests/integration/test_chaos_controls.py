"""Every broken variant, run for real, is caught by its invariant; a run that breaks nothing is not caught."""

from dataclasses import replace
from pathlib import Path

import pytest

from temporal.chaos.controls import __main__ as command
from temporal.chaos.controls.catalogue import CONTROLS, Control
from temporal.chaos.controls.running import run_control
from temporal.command_line import FAILED, run_app
from temporal.engine import Engine

pytest_plugins = ["tests.integration.engine_fixtures"]


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.name)
async def test_a_control_is_caught(shared_engine: Engine, tmp_path: Path, control: Control) -> None:
    outcome = await run_control(control, shared_engine, tmp_path / "control")
    assert outcome.verdict.evidence.not_carried_out == ""
    assert outcome.caught, outcome.verdict.breaches


def test_the_command_fails_when_a_control_is_not_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    sound, *_ = CONTROLS
    monkeypatch.setattr(command, "CONTROLS", [replace(sound, catches="terminal")])
    assert run_app(command.app, []) == FAILED
