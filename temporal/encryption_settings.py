"""The keys that payloads are encrypted with, from a file or a variable; setting either turns encryption on.

A key is `ID:KEY`, where KEY is 32 bytes in base64. The first one encrypts; all of them decrypt, so that what
an older key encrypted stays readable. No key is part of a message, a repr or a log; ids are.
"""

import base64
import binascii
import re
from dataclasses import dataclass, field
from pathlib import Path

from temporal.settings import Parser, path, setting

KEY_BYTES = 32
"""AES-256."""

KEY_ID = r"[A-Za-z0-9._-]{1,64}"
KEY_FORM = f"ID:KEY, the id up to 64 letters, digits and . _ -, the key {KEY_BYTES} bytes in base64"


@dataclass(frozen=True)
class Key:
    """One key and the id by which what it encrypted names it."""

    id: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Keyring:
    """One key or more, the one that encrypts first."""

    keys: tuple[Key, ...]

    @property
    def current(self) -> Key:
        """The key that encrypts."""
        return self.keys[0]

    def find(self, key_id: str) -> Key | None:
        """Returns the key of that id, if it is one of these."""
        return next((key for key in self.keys if key.id == key_id), None)


@dataclass(frozen=True)
class KeyFile:
    """A file of keys, by its absolute path, and what it holds."""

    path: Path
    keyring: Keyring


def key_line(key: Key) -> str:
    """Returns the key as files and variables hold it."""
    return f"{key.id}:{base64.b64encode(key.secret).decode()}"


def read_keys(text: str) -> Keyring:
    """Reads keys, one a line; blank lines and what follows a `#` at a line's beginning are passed over.

    Raises:
        ValueError: A line is no key, an id occurs twice, or there is none. No line's content is named.
    """
    keys: dict[str, Key] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key = _key(line.strip())
        if key is None:
            raise ValueError(f"key {number}: allowed: {KEY_FORM}")
        if key.id in keys:
            raise ValueError(f"key {number}: allowed: an id that no other key has")
        keys[key.id] = key
    if not keys:
        raise ValueError(f"allowed: at least one key, {KEY_FORM}")
    return Keyring(tuple(keys.values()))


def _key(text: str) -> Key | None:
    key_id, _, encoded = text.partition(":")
    try:
        secret = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return None
    sound = re.fullmatch(KEY_ID, key_id) and len(secret) == KEY_BYTES
    return Key(key_id, secret) if sound else None


def _key_file() -> Parser[KeyFile]:
    parse_path = path()

    def parse(value: str) -> KeyFile:
        file = parse_path(value)
        try:
            return KeyFile(file.absolute(), read_keys(file.read_text(encoding="ascii")))
        except UnicodeError:
            raise ValueError(f"allowed: a file of lines {KEY_FORM}") from None
        except OSError as error:
            raise ValueError(f"allowed: a file that can be read ({error.strerror})") from None

    return parse


def _keys(value: str) -> Keyring:
    return read_keys("\n".join(re.split(r"[\s,]+", value)))


@dataclass(frozen=True)
class EncryptionSettings:
    """Payload encryption: off, or on with the keys of a file or of a variable.

    Attributes:
        key_file: A file of keys, one a line.
        keys: Keys with commas between, for where a file is not at hand.
    """

    key_file: KeyFile | None = setting("ENCRYPTION_KEY_FILE", _key_file(), None)
    keys: Keyring | None = setting("ENCRYPTION_KEYS", _keys, None, secret=True)

    @property
    def keyring(self) -> Keyring | None:
        """The keys to use; None when encryption is off."""
        return self.key_file.keyring if self.key_file else self.keys

    def environment(self) -> dict[str, str]:
        """Returns the variables that give another process, in whatever folder, the same keys."""
        if self.key_file:
            return {"ENCRYPTION_KEY_FILE": str(self.key_file.path)}
        if self.keys:
            return {"ENCRYPTION_KEYS": ",".join(map(key_line, self.keys.keys))}
        return {}
