"""The bill of materials: complete by the lock file, whole as a graph, the same for the same checkout."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, str(ROOT / ".ci" / "sbom.py")]


def made(*arguments: str) -> str:
    return subprocess.run([*COMMAND, *arguments], check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(made())
    return found


def test_every_pin_of_the_lock_file_is_there_with_all_its_hashes(bill: dict[str, Any]) -> None:
    lock = (ROOT / "requirements.lock").read_text()
    pins = set(re.findall(r"(?m)^([\w.-]+)(?:\[.*?\])?==([^ \\\n]+)", lock))
    python = [each for each in bill["components"] if each["purl"].startswith("pkg:pypi/")]
    assert {(each["name"], each["version"]) for each in python} == pins
    hashes = {each["content"] for component in python for each in component["hashes"]}
    assert hashes == set(re.findall(r"sha256:([0-9a-f]{64})", lock))


def test_every_vendored_file_of_the_pages_is_there(bill: dict[str, Any]) -> None:
    manifest = json.loads((ROOT / "services/api/static/vendored.json").read_text())
    hashes = {each["content"] for component in bill["components"] for each in component["hashes"]}
    assert {said["sha256"] for said in manifest.values()} <= hashes


def test_all_of_it_is_reached_from_the_project(bill: dict[str, Any]) -> None:
    graph = {each["ref"]: each["dependsOn"] for each in bill["dependencies"]}
    reached, left = set(), [bill["metadata"]["component"]["bom-ref"]]
    while left:
        at = left.pop()
        reached.add(at)
        left += [ref for ref in graph.get(at, []) if ref not in reached]
    assert {each["bom-ref"] for each in bill["components"]} <= reached


def test_a_file_is_written_where_it_is_asked_for_and_always_the_same(tmp_path: Path) -> None:
    file = tmp_path / "new" / "sbom.json"
    assert made(str(file)) == ""
    assert file.read_text() == made()
