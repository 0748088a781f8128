"""Which code a worker runs, for the histories of its workflows."""

import hashlib
import sys
from pathlib import Path

from temporalio.service import __version__

import temporal


def code_id() -> str:
    """Returns 32 hexadecimal digits: the digest of this project's loaded modules and of the SDK's version.

    The SDK's own default digests the bytecode of every module that any library has loaded. That takes a tenth
    of a worker's start, and gives one program several ids, by what it happened to load.
    """
    digest = hashlib.sha256(__version__.encode())
    for name, module in sorted(sys.modules.items()):
        if name.startswith(f"{temporal.__name__}.") and module.__file__:
            digest.update(name.encode() + Path(module.__file__).read_bytes())
    return digest.hexdigest()[:32]
