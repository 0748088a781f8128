"""Checks bearer tokens: JWTs by a configured key, or by the keys that an identity provider publishes.

Which algorithm counts follows from the key, never from what the token says: a public key cannot be passed off
as the secret of an HMAC, and `none` is no algorithm.
"""

from collections.abc import Mapping
from typing import Protocol

import jwt

from services.api.jwks import PublishedKeys
from services.api.local_keys import read_key, secret_of
from services.api.problems import Problem
from services.api.settings import ApiSettings
from services.api.verification_key import VerificationKey, pem_key
from temporal.command_line import USAGE, CommandError

LEEWAY_SECONDS = 10
"""How far clocks may differ, in seconds."""

MAX_TOKEN_CHARACTERS = 16_384
"""Longest token that is looked at; a header of uvicorn may hold 64 KiB."""

KEY_FILE = "token_key"
"""The secret of local use, in the folder of the API's keys."""

REQUIRED = ("exp", "iss", "aud", "sub")


class KeySource(Protocol):
    """Where the key comes from that a token must be signed with."""

    async def key(self, key_id: str | None) -> VerificationKey | None:
        """Returns the key that the token's header names; None when there is none.

        Raises:
            Problem: The keys cannot be had at the moment (503).
        """
        ...


class OneKey:
    """The configured key, whatever the token's header names."""

    def __init__(self, key: VerificationKey) -> None:
        self._key = key

    async def key(self, key_id: str | None) -> VerificationKey | None:
        """Returns the key."""
        return self._key


class TokenCheck:
    """Checks signature, issuer, audience and time.

    Args:
        source: Where the keys are.
        issuer: The issuer that a token must name.
        audience: The audience that it must name.
    """

    def __init__(self, source: KeySource, issuer: str, audience: str) -> None:
        self._source = source
        self._issuer = issuer
        self._audience = audience

    async def claims(self, token: str) -> Mapping[str, object]:
        """Returns a token's claims.

        Raises:
            Problem: The token is not right (401), or the keys cannot be had (503).
        """
        try:
            if len(token) > MAX_TOKEN_CHARACTERS:
                raise jwt.InvalidTokenError("too long")
            header = jwt.get_unverified_header(token)
            if header.get("typ", "JWT").upper() not in ("JWT", "AT+JWT"):
                raise jwt.InvalidTokenError("of another type")  # a signed link, for one
            key = await self._source.key(header.get("kid"))
            if key is None:
                raise jwt.InvalidTokenError("no such key")
            claims: Mapping[str, object] = jwt.decode(
                token,
                key.key,
                algorithms=[key.algorithm],
                issuer=self._issuer,
                audience=self._audience,
                leeway=LEEWAY_SECONDS,
                options={"require": list(REQUIRED)},
            )
        except jwt.ExpiredSignatureError:
            raise _refused("it has expired") from None
        except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as error:
            # The library lets its decoders' errors through for some nonsense; none of them says who asks.
            raise _refused("it is not valid here") from error
        return claims


def _refused(why: str) -> Problem:
    return Problem(
        401, f"the bearer token: {why}", headers={"WWW-Authenticate": 'Bearer error="invalid_token"'}
    )


def load_token_check(settings: ApiSettings) -> TokenCheck:
    """Returns the check that the settings ask for.

    Raises:
        CommandError: A key cannot be read (exit code 2).
    """
    source = PublishedKeys(settings.jwks_url) if settings.jwks_url else OneKey(configured_key(settings))
    return TokenCheck(source, settings.token_issuer, settings.token_audience)


def configured_key(settings: ApiSettings) -> VerificationKey:
    """Returns the configured key; else the secret of local use, made when it is not there.

    Raises:
        CommandError: It cannot be read (exit code 2).
    """
    file, variable = settings.token_key_file, "API_TOKEN_KEY_FILE"
    if file is not None and (content := read_key(file, variable)).startswith(b"-----BEGIN"):
        try:
            return pem_key(content)
        except ValueError as error:
            raise CommandError(f"{variable}={str(file)!r}: {error}", USAGE) from error
    return VerificationKey(secret_of(file, variable, settings.keys_dir / KEY_FILE), "HS256")
