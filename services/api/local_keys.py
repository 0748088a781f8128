"""Secrets that the API reads from files, or makes for local use: 0600, made once, whoever comes first."""

import os
import secrets
from pathlib import Path

from temporal.command_line import USAGE, CommandError

SECRET_BYTES = 32
"""Length of a secret, in bytes, and the least that one may have: RFC 7518 wants 256 bits for HS256."""


def read_key(file: Path, variable: str) -> bytes:
    """Returns what a file of keys holds, without blanks at its ends.

    Raises:
        CommandError: It cannot be read or is empty (exit code 2).
    """
    try:
        content = file.read_bytes().strip()
    except OSError as error:
        raise CommandError(f"{variable}={str(file)!r}: {error.strerror}", USAGE) from error
    if not content:
        raise CommandError(f"{variable}={str(file)!r}: the file is empty", USAGE)
    return content


def made_once(file: Path, content: bytes) -> bytes:
    """Returns what the file holds; one that is missing gets `content` first, closed to others.

    Two processes may ask at once: a link puts the whole file in its place, and only the first one succeeds.

    Raises:
        CommandError: The file cannot be made or read (exit code 2).
    """
    try:
        if not file.exists():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(content + b"\n")
            try:
                os.link(draft, file)
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        return file.read_bytes().strip()
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}; set DATA_DIR", USAGE) from error


def secret_of(file: Path | None, variable: str, local: Path) -> bytes:
    """Returns a secret: the configured file's, or one made once in `local`.

    Raises:
        CommandError: It cannot be read, or is shorter than 32 bytes (exit code 2).
    """
    if file is None:
        return made_once(local, secrets.token_hex(SECRET_BYTES).encode())
    content = read_key(file, variable)
    if len(content) < SECRET_BYTES:
        raise CommandError(f"{variable}={str(file)!r}: must hold at least {SECRET_BYTES} bytes", USAGE)
    return content
