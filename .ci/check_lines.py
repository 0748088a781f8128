"""Fails when a code file of the project, tests included, is longer than 200 lines."""

import subprocess
import sys
from pathlib import Path

LIMIT = 200
CODE = {".py", ".sh", ".sql", ".js", ".css", ".html", ".mako"}


def is_code(file: Path) -> bool:
    """Tells whether the rule holds for `file`: by its ending, or a first line that names an interpreter."""
    if file.suffix:
        return file.suffix in CODE
    with file.open("rb") as stream:
        return file.name == "Makefile" or stream.read(2) == b"#!"


def main(root: Path) -> int:
    """Checks the files below `root` that git tracks or would add; returns 1 if one is too long."""
    listing = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, check=True, capture_output=True, text=True).stdout
    too_long = 0
    for file in (root / name for name in names.split("\0") if name):
        if file.is_file() and is_code(file):
            lines = len(file.read_bytes().splitlines())
            if lines > LIMIT:
                print(
                    f"{file.relative_to(root)}: {lines} lines, at most {LIMIT} are allowed", file=sys.stderr
                )
                too_long += 1
    return 1 if too_long else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()))
