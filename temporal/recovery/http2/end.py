"""What a connection tells its end, client or server, of the calls on it."""

import asyncio

from temporal.recovery.http2.headers import Headers
from temporal.recovery.http2.sending import Stream


class End(asyncio.Protocol):
    """One end of a connection."""

    def headers_came(self, number: int, headers: Headers) -> Stream | None:
        """Takes a header block; returns its stream, or None for one that is over."""
        raise NotImplementedError

    def message_came(self, stream: Stream) -> None:
        """Takes the end of what the peer sends on a stream."""
        raise NotImplementedError

    def reset_came(self, stream: Stream, code: int) -> None:
        """Takes the end of a stream that the peer broke off; it is forgotten already."""
        raise NotImplementedError

    def settings_came(self, settings: dict[int, int]) -> None:
        """Takes the peer's settings, beyond what concerns sending."""

    def goaway_came(self, last: int) -> None:
        """Takes the news that the peer deals with no stream above `last`."""

    def lost(self, why: str) -> None:
        """Takes the end of the connection."""
        raise NotImplementedError
