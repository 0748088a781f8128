"""A key that tokens are checked with, and the one algorithm that goes with it."""

from dataclasses import dataclass, field
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

PublicKey: TypeAlias = RSAPublicKey | Ed25519PublicKey | EllipticCurvePublicKey

LEAST_RSA_BITS = 2048
"""Shortest RSA key that is taken; RFC 7518, section 3.3."""


@dataclass(frozen=True)
class VerificationKey:
    """A key and its algorithm: HS256, RS256, ES256 or EdDSA."""

    key: bytes | PublicKey = field(repr=False)
    algorithm: str


def pem_key(content: bytes) -> VerificationKey:
    """Reads a public key.

    Raises:
        ValueError: It is no RSA, Ed25519 or P-256 public key in PEM.
    """
    return public_key(load_pem_public_key(content))


def public_key(key: object) -> VerificationKey:
    """Returns a public key with its algorithm.

    Raises:
        ValueError: It is of another kind, or too short.
    """
    if isinstance(key, RSAPublicKey) and key.key_size >= LEAST_RSA_BITS:
        return VerificationKey(key, "RS256")
    if isinstance(key, Ed25519PublicKey):
        return VerificationKey(key, "EdDSA")
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return VerificationKey(key, "ES256")
    raise ValueError(f"allowed: public keys of RSA ({LEAST_RSA_BITS} bits or more), Ed25519, P-256")
