"""Ed25519 signatures by which an API vouches for who decides.

Checking one depends on nothing but its arguments, so a workflow may do it: a replay comes to the same answer.
"""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def sign(private_key: str, data: bytes) -> str:
    """Returns the signature, in base64.

    Args:
        private_key: Base64 of the 32 raw bytes of an Ed25519 private key.
        data: What is signed.

    Raises:
        ValueError: The key is none.
    """
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(private_key, validate=True))
    return base64.b64encode(key.sign(data)).decode()


def public_key_of(private_key: str) -> str:
    """Returns the public key of a private one, both as base64 of their 32 raw bytes.

    Raises:
        ValueError: The key is none.
    """
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(private_key, validate=True))
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def verified(public_key: str, data: bytes, signature: str) -> bool:
    """Returns whether the signature is that of `data` by the key; nonsense of any kind is no signature."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), data)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True
