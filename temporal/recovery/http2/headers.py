"""Header fields of gRPC calls: encoded without any state, so that a block is made once and sent often."""

import logging
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, unquote

from hpack import Decoder, HPACKError

from temporal.recovery.http2.frames import Code, ProtocolError

logging.getLogger("hpack").setLevel(logging.WARNING)  # below, it tells every field, credentials too

Headers = tuple[tuple[bytes, bytes], ...]
"""Names and values as they are on the wire: binary ones (`-bin`) in base64."""

BLOCKS = 512
"""Blocks that are kept. Most calls of a worker have the same fields."""

LONGEST_KEPT = 4_096
"""The longest block that is kept, in bytes: longer ones come once."""

NO_TABLE = b"\x20"
"""What a connection's first block begins with: fields will refer to no table (RFC 7541, section 6.3)."""

MOST_DIGITS = 99_999_999
UNITS = ((b"n", 1e-9), (b"u", 1e-6), (b"m", 1e-3), (b"S", 1.0), (b"M", 60.0), (b"H", 3_600.0))
"""Units of `grpc-timeout`, with their seconds; a value has at most eight digits."""

UNESCAPED = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) != "%")


class HeaderReader:
    """Decodes the header blocks of one direction of a connection, each in its turn.

    A peer sends the same few blocks again and again. What they mean is kept for as long as the table that
    they refer to stays as it is.

    Args:
        most: The largest header list that is taken, in bytes.
    """

    def __init__(self, most: int) -> None:
        self._decoder = Decoder(max_header_list_size=most)
        self._known: dict[bytes, Headers] = {}
        self._newest: object = None
        self._sizes = (0, 0)

    def read(self, block: bytes) -> Headers:
        """Returns a block's fields.

        Raises:
            ProtocolError: It cannot be decoded; the connection must end.
        """
        if (known := self._known.get(block)) is not None:
            return known
        try:
            decoded = self._decoder.decode(block, raw=True)
        except HPACKError as error:
            raise ProtocolError(Code.COMPRESSION_ERROR, f"a header block: {error}") from error
        headers = tuple((bytes(name), bytes(value)) for name, value in decoded)
        if self._table_changed():
            self._known.clear()
        elif len(block) <= LONGEST_KEPT:
            if len(self._known) >= BLOCKS:
                self._known.clear()
            self._known[block] = headers
        return headers

    def _table_changed(self) -> bool:
        table = self._decoder.header_table
        newest = table.dynamic_entries[0] if table.dynamic_entries else None
        sizes = (len(table.dynamic_entries), table.maxsize)
        changed = newest is not self._newest or sizes != self._sizes
        self._newest, self._sizes = newest, sizes
        return changed


@lru_cache(BLOCKS)
def block_of(headers: Headers) -> bytes:
    """Returns fields as a header block: literals that enter no table (RFC 7541, section 6.2.2)."""
    return b"".join(literal(name, value) for name, value in headers)


def literal(name: bytes, value: bytes) -> bytes:
    """Returns one field as a literal without indexing and without Huffman coding."""
    return b"\0" + _length(len(name)) + name + _length(len(value)) + value


def _length(number: int) -> bytes:
    """Returns an integer with a prefix of seven bits (RFC 7541, section 5.1)."""
    if number < 127:
        return bytes((number,))
    rest, found = number - 127, bytearray((127,))
    while rest >= 128:
        found.append(rest & 127 | 128)
        rest >>= 7
    found.append(rest)
    return bytes(found)


def timeout_of(seconds: float) -> bytes:
    """Returns a deadline, in seconds from now, as the value of `grpc-timeout`."""
    for unit, size in UNITS[1:]:
        if seconds / size <= MOST_DIGITS:
            return b"%d%b" % (max(seconds, 0.0) / size, unit)
    return b"%d%b" % (MOST_DIGITS, UNITS[-1][0])


def seconds_in(timeout: bytes) -> float | None:
    """Returns the seconds that a `grpc-timeout` says; None when it says nothing sensible."""
    sizes = dict(UNITS)
    number, unit = timeout[:-1], timeout[-1:]
    if not number.isdigit() or len(number) > len(str(MOST_DIGITS)) or unit not in sizes:
        return None
    return int(number) * sizes[unit]


def escaped(details: str) -> bytes:
    """Returns a message as the value of `grpc-message`."""
    return quote(details, safe=UNESCAPED).encode("ascii")


def unescaped(message: bytes) -> str:
    """Returns the message that a `grpc-message` holds."""
    return unquote(message.decode("latin-1"), errors="replace")


def value_of(name: bytes, headers: Iterable[tuple[bytes, bytes]]) -> bytes | None:
    """Returns a field's last value; None when there is none."""
    found = None
    for one, value in headers:
        if one == name:
            found = value
    return found
