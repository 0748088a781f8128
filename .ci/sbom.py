"""Writes what the project is made of as CycloneDX JSON: each pinned package with its hashes.

Read from requirements.lock and from the manifests of vendored files, so that it needs no network and is the
same for the same checkout. `python .ci/sbom.py [FILE]`; without FILE to standard output.
"""

import json
import re
import sys
import tomllib
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK, MANIFESTS = "requirements.lock", ("services/api/static/vendored.json",)

PIN = re.compile(r"(?m)^(?P<name>[A-Za-z0-9._-]+)(?:\[.*?\])?==(?P<version>[^ \\]+)(?P<rest>.*(?:\n[ #].*)*)")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
VIA = re.compile(r"(?m)^ +# (?:via )? *([A-Za-z0-9._-]+)(?: \(pyproject\.toml\))?$")


def packages(lock: str) -> tuple[list[dict[str, Any]], dict[str, set[str]]]:
    """Reads a lock file.

    Returns:
        The components, and which packages each name requires.
    """
    components: list[dict[str, Any]] = []
    requires: dict[str, set[str]] = {}
    for pin in PIN.finditer(lock):
        name, version, rest = pin["name"], pin["version"], pin["rest"]
        components.append(
            {
                "type": "library",
                "bom-ref": f"pkg:pypi/{name}@{version}",
                "name": name,
                "version": version,
                "purl": f"pkg:pypi/{name}@{version}",
                # One for each distribution that pip may choose, by platform.
                "hashes": [{"alg": "SHA-256", "content": content} for content in HASH.findall(rest)],
            }
        )
        for parent in VIA.findall(rest):
            requires.setdefault(parent, set()).add(name)
    return components, requires


def vendored(manifest: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    """Reads a manifest of vendored files."""
    return [
        {
            "type": "library",
            "bom-ref": f"pkg:npm/{said['package']}@{said['version']}",
            "name": said["package"],
            "version": said["version"],
            "purl": f"pkg:npm/{said['package']}@{said['version']}",
            "licenses": [{"license": {"id": said["licence"]}}],
            "hashes": [{"alg": "SHA-256", "content": said["sha256"]}],
        }
        for said in manifest.values()
    ]


def bill(root: Path) -> dict[str, Any]:
    """Returns the bill of materials of a checkout."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    this = {
        "type": "application",
        "bom-ref": project["name"],
        "name": project["name"],
        "version": project["version"],
        "licenses": [{"license": {"id": project["license"]}}],
    }
    components, requires = packages((root / LOCK).read_text())
    shipped = [each for name in MANIFESTS for each in vendored(json.loads((root / name).read_text()))]
    references: dict[str, list[str]] = {}
    for each in components:
        references.setdefault(each["name"], []).append(each["bom-ref"])
    dependencies = [
        {
            "ref": ref,
            "dependsOn": sorted({on for name in requires.get(parent, ()) for on in references[name]}),
        }
        for parent, refs in references.items()
        for ref in refs
    ]
    direct = {on for name in requires.get(project["name"], ()) for on in references[name]}
    direct |= {each["bom-ref"] for each in shipped}
    made: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": this},
        "components": components + shipped,
        "dependencies": [{"ref": project["name"], "dependsOn": sorted(direct)}, *dependencies],
    }
    # Of the content, so that the same checkout has the same number.
    return {"serialNumber": uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(made)).urn} | made


def main(arguments: list[str]) -> int:
    """Writes it to the file that is named, or to standard output."""
    text = json.dumps(bill(ROOT), indent=1) + "\n"
    if arguments:
        Path(arguments[0]).parent.mkdir(parents=True, exist_ok=True)
        Path(arguments[0]).write_text(text)
    else:
        sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
