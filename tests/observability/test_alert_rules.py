"""The alert rules by Prometheus' own tool: they are valid, and each fires when it must and only then."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.observability.expressions import alert_expressions
from tests.observability.prometheus_server import CONFIGURED

pytestmark = pytest.mark.stack

RULE_TESTS = sorted(CONFIGURED.glob("*_test.yml"))


def promtool(*arguments: str, folder: Path = CONFIGURED) -> "subprocess.CompletedProcess[str]":
    program = shutil.which("promtool")
    assert program, "no promtool: apt-get install prometheus"
    return subprocess.run([program, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_the_configuration_of_the_stack_is_valid() -> None:
    checked = promtool("check", "config", "prometheus.yml")
    assert checked.returncode == 0, checked.stderr
    assert f"SUCCESS: {len(alert_expressions())} rules found" in checked.stdout


@pytest.mark.parametrize("tests", RULE_TESTS, ids=lambda file: file.stem)
def test_the_rules_do_what_their_tests_say(tests: Path) -> None:
    ran = promtool("test", "rules", tests.name)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.parametrize("alert", sorted(alert_expressions()))
def test_every_alert_has_a_test_in_which_it_fires_and_one_in_which_it_does_not(alert: str) -> None:
    cases = [
        case
        for file in RULE_TESTS
        for case in file.read_text().split("- interval:")
        if f"alertname: {alert}\n" in case
    ]
    assert {"exp_alerts: []" in case for case in cases} == {True, False}


@pytest.mark.parametrize("alert", sorted(alert_expressions()))
def test_a_rule_that_never_fires_is_caught(tmp_path: Path, alert: str) -> None:
    for file in CONFIGURED.iterdir():
        (tmp_path / file.name).write_text(file.read_text())
    rules = tmp_path / "alerts.yml"
    expression = alert_expressions()[alert]
    rules.write_text(
        rules.read_text().replace(f"expr: {expression}\n", f"expr: ({expression}) and on() (vector(1) > 2)\n")
    )
    ran = promtool("test", "rules", *(file.name for file in RULE_TESTS), folder=tmp_path)
    assert ran.returncode != 0
    assert alert in ran.stdout + ran.stderr
