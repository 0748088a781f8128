"""Makes keys and the files that hold them."""

import os
import secrets
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from temporal.command_line import FAILED, CommandError
from temporal.encryption_settings import KEY_BYTES, Key, key_line, read_keys

COMMENT = (
    "# The first key encrypts, all decrypt. Keep this file from everybody but the workers and clients.\n"
)


def new_key(key_id: str = "") -> Key:
    """Returns a random key; its id is by default the day (UTC) and four random hexadecimal digits."""
    made_up = f"{datetime.now(UTC):%Y-%m-%d}-{secrets.token_hex(2)}"
    return Key(key_id or made_up, secrets.token_bytes(KEY_BYTES))


def write_new_file(path: Path, key: Key) -> None:
    """Writes a file that holds one key, and that only its owner may read and write.

    Raises:
        CommandError: The file exists: its keys may be all that opens somebody's data.
        OSError: It cannot be written.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise CommandError(f"{path} exists already; --add adds a key to it", FAILED) from None
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{COMMENT}{key_line(key)}\n")


def add_to_file(path: Path, key: Key) -> None:
    """Adds a key after those of a file: it decrypts, and encrypts once its line is moved to the top.

    The file is replaced whole, so that a worker that starts meanwhile reads the old one or the new one.

    Raises:
        CommandError: The file holds no keys, or one of that id.
        OSError: It cannot be read or written.
    """
    try:
        text = path.read_text(encoding="ascii").rstrip("\n") + f"\n{key_line(key)}\n"
        read_keys(text)
    except ValueError as error:
        raise CommandError(f"{path}: {error}", FAILED) from None
    descriptor, written = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(written).replace(path)
    except BaseException:
        Path(written).unlink(missing_ok=True)
        raise
