"""`make demo`: what it shows is true, and nothing is left of it."""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from temporal.chaos.processes import is_alive

ROOT = Path(__file__).parents[2]
DEMO = (sys.executable, str(ROOT / "scripts" / "demo.py"))
CHECKED = (sys.executable, str(ROOT / ".ci" / "no_process_left.py"), *DEMO)
OTHERS = {
    **os.environ,
    "API_PUBLIC_URL": "https://approvals.example.com",
    "API_JWKS_URL": "https://login.example.com/keys",
    "API_LINK_KEY_FILE": "/nowhere/link-key",
}
"""The environment of somebody who has an API of their own."""

TOLD = (
    r"SIGKILL its worker mid-activity",
    r"ana opens the link: it shows the request, and decides nothing",
    r"SIGKILL its worker mid-sleep",
    r"ana presses Approve right after the kill",
    r"ana reads that it is approved, \d+\.\d\d s later",
    r"ApprovalWorkflow completed: approved by ana, by link",
    r"Both workflows completed\. Every step, event and decision is stored exactly once\.",
)


def test_the_demo_shows_an_approval_by_link_and_leaves_no_process() -> None:
    played = subprocess.run(CHECKED, capture_output=True, text=True, env=OTHERS, timeout=110)

    assert (played.returncode, played.stderr) == (0, "")
    [link] = re.findall(r"a signed link for ana alone: (\S+)$", played.stdout, re.MULTILINE)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/links/[\w-]{12}…", link)  # not the whole secret
    assert re.search(r".*".join(TOLD), played.stdout, re.DOTALL), played.stdout


def test_with_a_plain_worker_it_shows_the_same_only_later() -> None:
    played = subprocess.run(
        (*CHECKED, "--stock", "--json"), capture_output=True, text=True, env=OTHERS, timeout=110
    )

    assert (played.returncode, played.stderr) == (0, "")
    said = json.loads(played.stdout)
    assert (said["breaches"], len(said["kills"])) == ([], 2)
    assert said["link_answered_seconds"] > 0
    assert max(step["late_seconds"] for step in said["steps"]) > 1  # else stock would not be shown as it is


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_demo_that_is_ended_by_a_signal_takes_its_api_along(number: signal.Signals) -> None:
    demo = subprocess.Popen(DEMO, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=OTHERS)
    assert demo.stdout is not None
    while "a signed link" not in (line := demo.stdout.readline()):
        assert line, "the demo has ended before it made a link"
    started = psutil.Process(demo.pid).children(recursive=True)
    assert any("services.signal_api" in process.cmdline() for process in started)

    demo.send_signal(number)
    with demo:
        demo.stdout.read()

    psutil.wait_procs(started, timeout=30)
    assert [process for process in started if is_alive(process)] == []
