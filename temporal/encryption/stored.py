"""Results in the store, encrypted and bound to the effect whose result they are."""

import base64
import re

from temporal.encryption.cipher import Cipher
from temporal.encryption.errors import missing_key, wrong_key
from temporal.encryption_settings import KEY_ID, Keyring

SEALED = re.compile(rf"sealed:v1:({KEY_ID}):([A-Za-z0-9+/=]+)")
"""The whole stored text. A plain result is JSON, which never begins so."""


class StoredText:
    """Encrypts and decrypts texts of the store; without keys it passes plain texts on. Threads may share."""

    def __init__(self, keyring: Keyring | None) -> None:
        self._keyring = keyring
        self._ciphers = {key.id: Cipher(key) for key in keyring.keys} if keyring else {}

    def closed(self, text: str, owner: str) -> str:
        """Returns what to store.

        Args:
            text: The plain text.
            owner: The key of the row. Under another key the text cannot be read.
        """
        if self._keyring is None:
            return text
        key_id = self._keyring.current.id
        sealed = self._ciphers[key_id].encrypted(text.encode(), owner.encode())
        return f"sealed:v1:{key_id}:{base64.b64encode(sealed).decode()}"

    def opened(self, stored: str, owner: str) -> str:
        """Returns the plain text; one that was stored before encryption was turned on is returned as it is.

        Raises:
            UnreadableError: Its key is not at hand or does not fit, or it is another row's.
        """
        found = SEALED.fullmatch(stored)
        if found is None:
            return stored
        key_id, encoded = found.groups()
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            raise missing_key("the stored result", key_id, self._keyring)
        try:
            return cipher.decrypted(base64.b64decode(encoded, validate=True), owner.encode()).decode()
        except ValueError:
            raise wrong_key("the stored result", key_id) from None
