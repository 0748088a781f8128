"""Prometheus, from Debian's package, beside a test: it scrapes what it is told and answers queries."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from temporal.chaos.targets.environment import free_ports

ROOT = Path(__file__).parents[2]
CONFIGURED = ROOT / "docker" / "observability" / "prometheus"
PROGRAM = shutil.which("prometheus")


@dataclass(frozen=True)
class Sample:
    """One element of a query's answer."""

    labels: Mapping[str, str]
    value: float


class PrometheusServer:
    """A Prometheus that runs.

    Args:
        url: Where it answers.
    """

    def __init__(self, url: str) -> None:
        self.url = url

    def query(self, expression: str) -> list[Sample]:
        """Returns what an expression is now, as a vector.

        Raises:
            HTTPStatusError: The expression is wrong.
        """
        found = self.get("query", query=expression)["result"]
        return [Sample(one["metric"], float(one["value"][1])) for one in found]

    def get(self, path: str, **parameters: str) -> Any:
        """Returns the data of an answer of its API."""
        answer = httpx.get(f"{self.url}/api/v1/{path}", params=parameters, timeout=30)
        return answer.raise_for_status().json()["data"]

    def is_ready(self) -> bool:
        """Whether it answers."""
        try:
            return httpx.get(f"{self.url}/-/ready", timeout=5).is_success
        except httpx.TransportError:
            return False


@contextmanager
def prometheus(folder: Path, targets: Mapping[str, Sequence[int]]) -> Iterator[PrometheusServer]:
    """Runs Prometheus with the alert rules of the stack, until the block is left.

    Args:
        folder: Where its configuration, data and log go.
        targets: By the name of the job, ports of 127.0.0.1.

    Raises:
        RuntimeError: It is not installed.
    """
    if PROGRAM is None:
        raise RuntimeError("no Prometheus: apt-get install prometheus")
    folder.mkdir(parents=True, exist_ok=True)
    configuration = {
        "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(CONFIGURED / "alerts.yml")],
        "scrape_configs": [
            {"job_name": job, "static_configs": [{"targets": [f"127.0.0.1:{port}" for port in ports]}]}
            for job, ports in targets.items()
        ],
    }
    (folder / "prometheus.yml").write_text(json.dumps(configuration))  # JSON is YAML too
    [port] = free_ports(1)
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [
                PROGRAM,
                f"--config.file={folder / 'prometheus.yml'}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=log,
        )
    try:
        yield PrometheusServer(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait()
