"""AES-256-GCM over bytes, with a fresh random nonce of 96 bits each time, which goes before the ciphertext.

One key is good for 2^32 encryptions: beyond that the chance of a nonce that occurs twice is no longer
negligible (NIST SP 800-38D, 8.3).
"""

import os

from temporal.encryption_settings import Key

NONCE_BYTES = 12


class Cipher:
    """Encrypts and decrypts with one key. Safe to share between threads."""

    def __init__(self, key: Key) -> None:
        # Here and nowhere above: a worker without encryption does not wait for the library.
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._aead = AESGCM(key.secret)

    def encrypted(self, plain: bytes, bound_to: bytes | None = None) -> bytes:
        """Returns nonce, ciphertext and tag.

        Args:
            plain: What to encrypt.
            bound_to: Where it belongs; it can be decrypted only with the same.
        """
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, plain, bound_to)

    def decrypted(self, sealed: bytes, bound_to: bytes | None = None) -> bytes:
        """Returns what was encrypted.

        Raises:
            ValueError: Another key made it, it was changed, or it belongs elsewhere.
        """
        from cryptography.exceptions import InvalidTag

        try:
            return self._aead.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to)
        except InvalidTag:
            raise ValueError("not authentic") from None
