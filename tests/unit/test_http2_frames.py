"""Frames and header blocks: what is packed is cut as it was, however it arrives; what is wrong is refused."""

import pytest
from hpack import Decoder, Encoder
from hypothesis import given
from hypothesis import strategies as st

from temporal.recovery.http2 import frames
from temporal.recovery.http2.frames import Code, Frame, ProtocolError
from temporal.recovery.http2.headers import (
    HeaderReader,
    Headers,
    block_of,
    escaped,
    seconds_in,
    timeout_of,
    unescaped,
)
from temporal.recovery.http2.messages import unwrapped, wrapped

frame = st.tuples(
    st.integers(0, 255), st.integers(0, 255), st.integers(0, 2**31 - 1), st.binary(max_size=300)
)
name = st.text("abcdefghijklmnopqrstuvwxyz-:", min_size=1, max_size=200).map(str.encode)
fields = st.lists(st.tuples(name, st.binary(max_size=400)), max_size=8).map(tuple)


@given(st.lists(frame, max_size=6), st.lists(st.integers(1, 400), max_size=12))
def test_frames_arrive_as_they_were_sent_wherever_the_stream_is_cut(
    sent: list[Frame], cuts: list[int]
) -> None:
    stream = b"".join(frames.pack(*one) for one in sent)
    came, rest = list[Frame](), b""
    while stream:
        size = cuts.pop() if cuts else len(stream)
        found, rest = frames.cut(rest + stream[:size])
        came += found
        stream = stream[size:]
    assert came == sent
    assert rest == b""


def test_a_frame_that_is_too_long_is_refused_before_it_has_come() -> None:
    head = frames.pack(frames.DATA, 0, 1, b"x" * (frames.LONGEST + 1))[:9]
    with pytest.raises(ProtocolError) as refusal:
        frames.cut(head)
    assert refusal.value.code is Code.FRAME_SIZE_ERROR


@pytest.mark.parametrize("size", [0, frames.LONGEST, frames.LONGEST + 1, 3 * frames.LONGEST])
def test_a_long_header_block_is_continued(size: int) -> None:
    came, rest = frames.cut(frames.pack_headers(5, b"h" * size, end=True))
    assert rest == b""
    assert b"".join(payload for *_, payload in came) == b"h" * size
    assert [kind for kind, *_ in came] == [frames.HEADERS] + [frames.CONTINUATION] * (len(came) - 1)
    assert [bool(flags & frames.END_HEADERS) for _, flags, *_ in came] == [False] * (len(came) - 1) + [True]
    assert came[0][1] & frames.END_STREAM


@pytest.mark.parametrize(
    ("flags", "payload", "bare"),
    [
        (0, b"data", b"data"),
        (frames.PADDED, b"\x02data\0\0", b"data"),
        (frames.PRIORITISED, b"\0\0\0\0\x10data", b"data"),
        (frames.PADDED | frames.PRIORITISED, b"\x01\0\0\0\0\x10data\0", b"data"),
    ],
)
def test_padding_and_priority_are_left_out(flags: int, payload: bytes, bare: bytes) -> None:
    assert frames.without_padding(flags, payload) == bare


@pytest.mark.parametrize("payload", [b"", b"\x05data"])
def test_padding_that_does_not_fit_is_refused(payload: bytes) -> None:
    with pytest.raises(ProtocolError):
        frames.without_padding(frames.PADDED, payload)


@given(fields)
def test_a_block_is_what_every_decoder_reads(headers: Headers) -> None:
    decoded = Decoder(max_header_list_size=1 << 20).decode(block_of(headers), raw=True)
    assert [tuple(one) for one in decoded] == list(headers)


@given(
    st.lists(fields, max_size=4),
    st.lists(st.integers(0, 3), max_size=20),
    st.sampled_from([None, 0, 100, 4096]),
)
def test_a_reader_reads_what_its_peers_encoder_meant(
    blocks: list[Headers], order: list[int], table: int | None
) -> None:
    encoder, reader = Encoder(), HeaderReader(1 << 20)
    for number, turn in enumerate(order):
        if table is not None and number == 5:
            encoder.header_table_size = table
        for headers in blocks[turn : turn + 1]:
            assert reader.read(encoder.encode(list(headers))) == headers


def test_a_block_that_says_how_large_the_table_is_counts_each_time() -> None:
    larger, smaller, added, meant = b"\x3f\xe1\x1f", b"\x3f\x45", b"\x40\x01a\x50" + b"v" * 80, b"\xbe"
    reader, decoder = HeaderReader(1 << 20), Decoder()
    for block in (larger, smaller, larger, added, meant):
        assert reader.read(block) == tuple(decoder.decode(block, raw=True))


def test_a_block_that_is_none_is_refused() -> None:
    with pytest.raises(ProtocolError) as refusal:
        HeaderReader(1 << 20).read(b"\xff\xff\xff")
    assert refusal.value.code is Code.COMPRESSION_ERROR


@given(st.floats(0, 1e7))
def test_a_deadline_is_told_to_a_thousandth(seconds: float) -> None:
    told = timeout_of(seconds)
    assert len(told) <= 9
    assert seconds_in(told) == pytest.approx(seconds, rel=1e-3, abs=1e-6)


@pytest.mark.parametrize("told", [b"", b"S", b"1x", b"-1S", b"1.5S", b"123456789S"])
def test_a_deadline_that_says_nothing_is_none(told: bytes) -> None:
    assert seconds_in(told) is None


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_failures_message_arrives_in_printable_characters(details: str) -> None:
    value = escaped(details)
    assert all(0x20 <= byte < 0x7F for byte in value)
    assert unescaped(value) == details


@given(st.binary())
def test_a_message_is_unwrapped_as_it_was(message: bytes) -> None:
    assert unwrapped(wrapped(message), None) == message


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (b"\0", None),
        (wrapped(b"one") + wrapped(b"two"), None),
        (wrapped(b"whole")[:-1], None),
        (b"\1" + wrapped(b"x")[1:], b"snappy"),
        (b"\1" + wrapped(b"x")[1:], b"gzip"),
    ],
)
def test_data_that_is_not_one_message_is_refused(data: bytes, encoding: bytes | None) -> None:
    with pytest.raises(ProtocolError):
        unwrapped(data, encoding)
