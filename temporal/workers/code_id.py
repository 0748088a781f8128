"""Which code a worker runs, for the histories of its workflows."""

import hashlib
from pathlib import Path

from temporalio.service import __version__

import temporal


def code_id(folder: Path | None = None) -> str:
    """Returns 32 hexadecimal digits: the digest of the project's modules and of the SDK's version.

    The SDK's own default digests the bytecode of every module that any library has loaded. That takes a tenth
    of a worker's start, and gives one program several ids, by what it happened to load.

    Args:
        folder: Where the modules are; by default this package.
    """
    root = Path(temporal.__path__[0]) if folder is None else folder
    digest = hashlib.sha256(__version__.encode())
    for file in sorted(root.rglob("*.py")):
        digest.update(str(file.relative_to(root)).encode() + file.read_bytes())
    return digest.hexdigest()[:32]
