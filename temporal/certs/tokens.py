"""Tokens that Temporal's own claim mapper reads, and the key set by which it checks them (ES256)."""

import base64
import hashlib
import json
import time

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from temporal.certs.plan import Role

ALGORITHM = "ES256"
COORDINATE_BYTES = 32
CLAIM = "permissions"
"""Where Temporal looks, unless TEMPORAL_JWT_PERMISSIONS_CLAIM says otherwise."""

DAY_SECONDS = 86_400


def new_token(role: Role, namespace: str, key: ec.EllipticCurvePrivateKey, days: float) -> str:
    """Returns a role's token.

    Args:
        role: Whose it is.
        namespace: The namespace that `{}` stands for in the role's permissions.
        key: The key that signs it.
        days: How long it is good; negative for one that has expired.
    """
    now = int(time.time())
    claims = {
        "sub": role.name,
        CLAIM: _permissions(role, namespace),
        "iat": min(now, now + int(days * DAY_SECONDS)),
        "exp": now + int(days * DAY_SECONDS),
    }
    return jwt.encode(claims, key, ALGORITHM, headers={"kid": key_id(key)})


def token_days_left(token: bytes, role: Role, namespace: str, key: ec.EllipticCurvePrivateKey) -> float:
    """Returns how many days a token holds; minus infinity unless it is the role's, signed by the key."""
    try:
        claims = jwt.decode(token, key.public_key(), [ALGORITHM], options={"require": ["exp"]})
    except jwt.PyJWTError:
        return float("-inf")
    if claims.get(CLAIM) != _permissions(role, namespace):
        return float("-inf")
    return (float(claims["exp"]) - time.time()) / DAY_SECONDS


def _permissions(role: Role, namespace: str) -> list[str]:
    return [permission.format(namespace) for permission in role.permissions]


def key_set(key: ec.EllipticCurvePrivateKey) -> str:
    """Returns the JSON Web Key Set with the public half of a key."""
    entry = {**_public(key), "alg": ALGORITHM, "use": "sig", "kid": key_id(key)}
    return json.dumps({"keys": [entry]}, indent=2) + "\n"


def key_id(key: ec.EllipticCurvePrivateKey) -> str:
    """Returns a key's thumbprint (RFC 7638)."""
    canonical = json.dumps(_public(key), sort_keys=True, separators=(",", ":")).encode()
    return _base64(hashlib.sha256(canonical).digest())


def _public(key: ec.EllipticCurvePrivateKey) -> dict[str, str]:
    point = key.public_key().public_numbers()
    x, y = (_base64(number.to_bytes(COORDINATE_BYTES, "big")) for number in (point.x, point.y))
    return {"crv": "P-256", "kty": "EC", "x": x, "y": y}


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
