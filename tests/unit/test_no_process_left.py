import subprocess
import sys
import time
from pathlib import Path

import psutil

CHECK = Path(__file__).parents[2] / ".ci" / "no_process_left.py"

DAEMON = """
import subprocess, sys
daemon = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
print(daemon.pid)
sys.exit(int(sys.argv[1]))
"""


def check(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, str(CHECK), *command], capture_output=True, text=True)


def wait_until_ended(pid: int) -> None:
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)


def test_a_command_that_leaves_nothing_keeps_its_exit_code() -> None:
    for exit_code in (0, 1, 3):
        finished = check(sys.executable, "-c", f"raise SystemExit({exit_code})")
        assert (finished.returncode, finished.stderr) == (exit_code, "")


def test_a_daemon_in_a_session_of_its_own_is_found_named_and_ended() -> None:
    finished = check(sys.executable, "-c", DAEMON, "0")
    pid = int(finished.stdout)

    assert finished.returncode == 1
    assert finished.stderr.startswith(f"left behind: {pid} {sys.executable}")
    wait_until_ended(pid)


def test_a_command_that_failed_keeps_its_own_exit_code_and_its_daemon_is_ended() -> None:
    finished = check(sys.executable, "-c", DAEMON, "3")

    assert finished.returncode == 3
    wait_until_ended(int(finished.stdout))


def test_a_process_that_ends_by_itself_in_time_is_none_left_behind() -> None:
    starts_true = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', ''])"

    assert check(sys.executable, "-W", "ignore", "-c", starts_true).returncode == 0
