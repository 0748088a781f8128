"""The keys that an identity provider publishes (a JWKS), kept for minutes; no token has us fetch at will."""

import asyncio
import logging
import time

import jwt

from services.api.problems import unavailable
from services.api.verification_key import VerificationKey, public_key

KEPT_SECONDS = 300.0
"""How long fetched keys count before they are fetched again, in seconds."""

PAUSE_SECONDS = 10.0
"""How long a fetch holds off the next one, in seconds, whatever came of it: tokens with made-up key ids must
not become requests to the identity provider."""

FETCH_SECONDS = 5.0

log = logging.getLogger(__name__)


class PublishedKeys:
    """Keys by id.

    When the provider cannot be reached, keys that were fetched before go on counting.

    Args:
        url: Where they are.
    """

    def __init__(self, url: str) -> None:
        self._client = jwt.PyJWKClient(url, cache_jwk_set=False, timeout=FETCH_SECONDS)
        self._keys: dict[str | None, VerificationKey] = {}
        self._fetched = self._tried = float("-inf")
        self._fetching = asyncio.Lock()

    async def key(self, key_id: str | None) -> VerificationKey | None:
        """Returns the key with an id; a token that names none is checked with the only key, if there is one.

        Raises:
            Problem: No keys could be fetched yet (503).
        """
        if self._is_due(key_id):
            async with self._fetching:
                if self._is_due(key_id):
                    await self._fetch()
        if not self._keys:
            raise unavailable("the identity provider's keys cannot be fetched; try again")
        if key_id is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(key_id)

    def _is_due(self, key_id: str | None) -> bool:
        now = time.monotonic()
        wanted = now - self._fetched > KEPT_SECONDS or (key_id is not None and key_id not in self._keys)
        return wanted and now - self._tried > PAUSE_SECONDS

    async def _fetch(self) -> None:
        self._tried = time.monotonic()
        try:
            found = await asyncio.to_thread(self._client.get_jwk_set)
        except (jwt.PyJWTError, OSError, ValueError) as error:
            log.warning("the identity provider's keys cannot be fetched: %s", type(error).__name__)
            return
        keys: dict[str | None, VerificationKey] = {}
        for each in found.keys:
            if each.public_key_use not in (None, "sig"):
                continue
            try:
                keys[each.key_id] = public_key(each.key)
            except ValueError:  # of a kind that is not taken here; a secret, for one
                continue
        self._keys, self._fetched = keys, time.monotonic()
