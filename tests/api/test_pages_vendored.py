"""What others wrote and we ship: each file is the published one, byte for byte, with its licence."""

import hashlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MANIFESTS = [ROOT / "services/api/static/vendored.json", ROOT / "tests/browser/vendored.json"]


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.parent.name)
def test_each_vendored_file_is_the_one_that_its_manifest_names(manifest: Path) -> None:
    for name, said in json.loads(manifest.read_text()).items():
        content = (manifest.parent / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == said["sha256"], name
        if not name.endswith(".css"):  # the style sheet that comes with uPlot names nothing
            assert said["version"].encode() in content, f"{name} does not name version {said['version']}"


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.parent.name)
def test_each_vendored_file_has_its_licence_beside_it(manifest: Path) -> None:
    for said in json.loads(manifest.read_text()).values():
        words = {"0BSD": "Zero-Clause BSD", "MPL-2.0": "Mozilla Public License", "MIT": "MIT License"}
        assert words[said["licence"]] in (manifest.parent / said["licence_file"]).read_text()


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.parent.name)
def test_no_minified_file_is_there_that_no_manifest_names(manifest: Path) -> None:
    named = set(json.loads(manifest.read_text()))
    assert {file.name for file in manifest.parent.glob("*.min.*")} == named
