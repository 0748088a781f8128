import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from temporal.command_line import FAILED, USAGE

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "benchmarks", "--json"]


def engine_of(benchmark: psutil.Process) -> psutil.Process:
    """Waits until the benchmark has started its first engine."""
    while benchmark.is_running():
        if children := benchmark.children():
            return children[0]
        time.sleep(0.02)
    raise AssertionError("the benchmark ended before it started an engine")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_benchmark_leaves_no_engine(number: signal.Signals) -> None:
    with subprocess.Popen(COMMAND, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        engine = engine_of(psutil.Process(process.pid))
        process.send_signal(number)
        output, errors = process.communicate()
    left = engine.is_running()
    if left:
        engine.kill()
    assert not left
    assert (process.returncode, output, errors) == (FAILED, b"", b"error: interrupted\n")


def test_rounds_below_one_are_wrong_usage() -> None:
    ended = subprocess.run([*COMMAND, "--rounds", "0"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == USAGE
    assert ended.stderr.count("\n") == 1
