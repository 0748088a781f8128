"""Keys for the workers and clients of a test."""

from pathlib import Path

from temporalio.client import Client

from temporal.chaos.targets.embedded import EmbeddedTarget
from temporal.client import connect
from temporal.config import ConnectionSettings, load_settings
from temporal.encryption.key_file import write_new_file
from temporal.encryption_settings import KEY_BYTES, Key
from tests.canaries import key

OFF = {"ENCRYPTION_KEY_FILE": "", "ENCRYPTION_KEYS": ""}
"""The variables of a process that has no key."""


def key_file(folder: Path, key_id: str) -> dict[str, str]:
    """Makes a file with one new key, and returns the variables of a process that has it."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{key_id}.keys"
    write_new_file(file, Key(key_id, key(KEY_BYTES)))
    return {**OFF, "ENCRYPTION_KEY_FILE": str(file)}


async def client_with(target: EmbeddedTarget, variables: dict[str, str]) -> Client:
    """Returns a client of the target's Temporal that has the keys which these variables name."""
    keyring = load_settings(variables).encryption.keyring
    return await connect(ConnectionSettings(address=target.address, keyring=keyring))


def key_in(folder: Path, key_id: str) -> bytes:
    """Returns the secret part of the key that `key_file` made, as the file has it."""
    _, _, secret = (folder / f"{key_id}.keys").read_bytes().strip().rpartition(b":")
    return secret
