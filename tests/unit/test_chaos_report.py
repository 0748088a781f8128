"""The report's forms say what the runs showed: JSON, JUnit, the summary for GitHub, the terminal's table."""

import io
import json
import shlex
from dataclasses import replace
from pathlib import Path
from xml.parsers import expat

import pytest
from rich.console import Console
from temporalio.client import WorkflowHistory

from temporal.chaos.report.as_json import campaign_json
from temporal.chaos.report.facts import commit_of
from temporal.chaos.report.folder import write_report
from temporal.chaos.report.percentiles import failure_bound, percentiles
from temporal.chaos.report.terminal import shown
from temporal.chaos.report.timeline import timeline
from temporal.command_line import CommandError
from tests.made_campaign import FACTS, a_campaign


def test_no_failure_in_n_says_the_rule_of_three() -> None:
    assert failure_bound(0, 60) == "0 of 60 failed: < 3/60 at 95 % (5 %)"
    assert failure_bound(0, 1000) == "0 of 1000 failed: < 3/1000 at 95 % (0.3 %)"
    assert failure_bound(2, 60) == "2 of 60 failed"
    assert failure_bound(0, 0) == "no runs"


def test_percentiles_are_of_the_nearest_rank() -> None:
    assert percentiles([4, 1, 3, 2]) == {"p50": 2, "p90": 4, "p99": 4, "longest": 4}
    assert percentiles([]) == {}


async def test_the_json_has_every_run_and_how_to_do_it_again() -> None:
    told = json.loads(json.dumps(campaign_json(await a_campaign(), FACTS)))
    assert (told["runs"], told["failed"], told["rate"]) == (3, 1, "1 of 3 failed")
    assert (told["seed"], told["commit"]) == (7, FACTS.commit)
    [first, _, last] = told["each"]
    assert shlex.split(first["replay"])[1:] == [
        "scripts/chaos_test.py",
        *("--scenario", "kill-mid-sleep", "--seed", "7", "--runs", "1", "--supervised"),
    ]
    assert last["breaches"] == ["leaks: left behind: process 17"]
    assert first["landed"][0]["pids"] == [4711]
    by_workers = {one["workers"]: one["late"] for one in told["points"] if one["point"] == "mid-sleep"}
    assert by_workers["supervised"]["p50"] == pytest.approx(0.06)
    assert by_workers["stock"]["longest"] == pytest.approx(10)
    assert told["drain"]["stock"] == {"p50": 0.25, "p90": 0.25, "p99": 0.25, "longest": 0.25}
    [of_drain] = [one for one in told["scenarios"] if one["scenario"] == "drain"]
    assert of_drain["invariants"]["leaks"] == {"applied": 1, "broken": 1}
    assert of_drain["invariants"]["messages"] == {"applied": 0, "broken": 0}


async def test_a_run_of_a_foreign_worker_is_done_again_with_that_worker() -> None:
    given = ["--worker", "python worker.py", "--load=mine:start", "--runs", "9", "--i-own-this-target"]
    facts = replace(FACTS, command=given, target="example:7233")
    [verdict, *_] = await a_campaign()
    assert shlex.split(facts.replay_line(verdict.evidence))[2:] == [
        *("--scenario", "kill-mid-sleep", "--seed", "7", "--runs", "1", "--supervised"),
        *("--target", "example:7233"),
        *("--worker", "python worker.py", "--load=mine:start", "--i-own-this-target"),
    ]


async def test_the_terminal_shows_a_line_a_scenario_what_landed_and_the_rate() -> None:
    printed = io.StringIO()
    Console(width=200, file=printed).print(shown(await a_campaign()))
    text = printed.getvalue()
    assert "kill-mid-sleep" in text
    assert "1 of 1" in text
    assert "10.000 s" in text
    assert "0 of 1" in text
    assert "2 x kill-worker at mid-sleep" in text
    assert "1 of 3 failed" in text


async def test_the_folder_has_every_form_and_the_histories_of_failed_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step_summary = tmp_path / "step-summary.md"
    step_summary.write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(step_summary))
    written = write_report(tmp_path / "report", await a_campaign(), FACTS)
    names = {str(file.relative_to(tmp_path / "report")) for file in written}
    failed = "histories/drain-supervised-1/w-1.json"
    assert names == {"index.html", "report.json", "junit.xml", "summary.md", failed}
    history = WorkflowHistory.from_json("w", (tmp_path / "report" / failed).read_text())
    assert len(history.events) > 10
    summary = (tmp_path / "report" / "summary.md").read_text()
    assert step_summary.read_text() == "before\n" + summary
    assert "## Chaos: 1 of 3 failed" in summary
    assert "| mid-sleep | stock | 1 | 10.000 s |" in summary
    elements = parsed((tmp_path / "report" / "junit.xml").read_text())
    assert elements["testsuites"] == [{"name": "chaos", "tests": "3", "failures": "1"}]
    assert [case["time"] for case in elements["testcase"]] == ["60.000"] * 3
    assert elements["failure"] == [{"message": "leaks: left behind: process 17"}]


def parsed(xml: str) -> dict[str, list[dict[str, str]]]:
    """The attributes of a document's elements, by their names."""
    found: dict[str, list[dict[str, str]]] = {}
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda name, attributes: found.setdefault(name, []).append(attributes)
    parser.Parse(xml, True)
    return found


async def test_without_matplotlib_the_rest_is_written_and_the_error_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(CommandError, match="pip install"):
        write_report(tmp_path, await a_campaign(), FACTS)
    assert (tmp_path / "report.json").exists()
    assert not (tmp_path / "index.html").exists()


async def test_a_timeline_has_the_fault_the_release_and_the_next_step() -> None:
    supervised, *_ = await a_campaign()
    line = timeline(supervised)
    assert line is not None
    assert line.next_step == pytest.approx(3.06)
    assert line.released == pytest.approx(3.01)
    assert line.what == "timer"
    assert {span.line for span in line.spans} == {"workflow tasks", "activities", "timers"}
    assert timeline(replace(supervised, evidence=replace(supervised.evidence, landed=[]))) is None


def test_the_commit_is_read_from_the_checkout(tmp_path: Path) -> None:
    git = tmp_path / ".git"
    (git / "refs" / "heads").mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    (git / "packed-refs").write_text("# pack-refs\n" + "a" * 40 + " refs/heads/main\n")
    assert commit_of(tmp_path) == "a" * 40
    (git / "refs" / "heads" / "main").write_text("b" * 40 + "\n")
    assert commit_of(tmp_path) == "b" * 40
    (git / "HEAD").write_text("c" * 40 + "\n")
    assert commit_of(tmp_path) == "c" * 40
    assert commit_of(tmp_path / "elsewhere") == ""
