"""Chance from a seed: the same draws on every machine and with every Python."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """Draws, one after another, from a text.

    Args:
        seed: The text.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._drawn = 0

    def below(self, limit: int) -> int:
        """Returns a number from 0 to below `limit`, which is at least 1."""
        self._drawn += 1
        digest = hashlib.sha256(f"{self._seed}/{self._drawn}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % limit

    def choice(self, of: Sequence[T]) -> T:
        """Returns one of several."""
        return of[self.below(len(of))]
