"""Spans that nobody takes fill no memory."""

import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

MOST_BYTES = 50_000_000
"""By how much a process may grow when its queue is full; without a limit these spans take 190 MB."""

PROGRAM = """
import psutil
from opentelemetry import trace
from temporal.config import load_settings
from temporal.tracing.starting import start_tracing

tracing = start_tracing(load_settings().tracing, "worker")
tracer, process = trace.get_tracer("test"), psutil.Process()

def make(count):
    for number in range(count):
        tracer.start_span("span", attributes={"id": f"{number:0>100}"}).end()

make(5_000)  # as many as wait at most, and one batch on its way
before = process.memory_info().rss
make(60_000)
print(process.memory_info().rss - before)
tracing.flush()
"""


def test_a_silent_receiver_makes_no_process_grow(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        variables = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{listener.getsockname()[1]}",
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        command = [sys.executable, "-c", PROGRAM]
        grown = subprocess.check_output(command, env=variables, cwd=tmp_path, timeout=100)
    assert int(grown) < MOST_BYTES
