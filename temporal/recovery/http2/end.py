"""What a connection tells its end, client or server, of the calls on it."""

import asyncio
from abc import ABC, abstractmethod

from temporal.recovery.http2.headers import Headers
from temporal.recovery.http2.sending import Stream


class End(asyncio.Protocol, ABC):
    """One end of a connection."""

    @abstractmethod
    def headers_came(self, number: int, headers: Headers) -> Stream | None:
        """Takes a header block; returns its stream, or None for one that is over."""

    @abstractmethod
    def message_came(self, stream: Stream) -> None:
        """Takes the end of what the peer sends on a stream."""

    @abstractmethod
    def reset_came(self, stream: Stream, code: int) -> None:
        """Takes the end of a stream that the peer broke off; it is forgotten already."""

    def settings_came(self, settings: dict[int, int]) -> None:
        """Takes the peer's settings, beyond what concerns sending."""

    def goaway_came(self, last: int) -> None:
        """Takes the news that the peer deals with no stream above `last`."""

    @abstractmethod
    def lost(self, why: str) -> None:
        """Takes the end of the connection."""
