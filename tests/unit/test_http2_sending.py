"""Windows: never more is sent than the peer allows, and in the end everything is."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from temporal.recovery.http2 import frames
from temporal.recovery.http2.frames import Code, ProtocolError
from temporal.recovery.http2.sending import WIDEST, WINDOW, Sender, Stream


@dataclass
class Peer:
    """Takes what is sent, and fails as soon as it is more than it allowed."""

    window: int = WINDOW
    windows: dict[int, int] = field(default_factory=dict)
    data: dict[int, bytes] = field(default_factory=dict)
    ended: list[int] = field(default_factory=list)

    def take(self, written: bytes) -> None:
        for kind, flags, number, payload in frames.cut(written)[0]:
            if kind == frames.DATA:
                self.window -= len(payload)
                self.windows[number] -= len(payload)
                assert self.window >= 0
                assert self.windows[number] >= 0
                assert number not in self.ended
                self.data[number] = self.data.get(number, b"") + payload
            if flags & frames.END_STREAM:
                self.ended.append(number)


def begun(sender: Sender, peer: Peer, number: int, window: int = WINDOW) -> Stream:
    peer.windows[number] = window
    return sender.stream(number)


sizes = st.integers(0, 3 * WINDOW)
updates = st.lists(st.tuples(st.integers(0, 3), st.integers(1, WINDOW)), max_size=40)


@given(st.lists(sizes, min_size=1, max_size=3), updates, st.integers(0, 2 * WINDOW), st.booleans())
def test_all_is_sent_within_the_windows(
    messages: list[int], opened: list[tuple[int, int]], first: int, trailers: bool
) -> None:
    peer = Peer()
    sender = Sender(peer.take)
    sent = {}
    for place, size in enumerate(messages):
        number = 2 * place + 1
        stream = sent[number] = begun(sender, peer, number)
        behind = frames.pack_headers(number, b"", end=True) if trailers else b""
        sender.send(stream, frames.pack_headers(number, b"", end=False), bytes([number]) * size, behind)
    for number in sent:
        peer.windows[number] += first - WINDOW
    sender.settings({frames.INITIAL_WINDOW_SIZE: first}, sent.values())
    for which, size in opened:
        number = 2 * which - 1
        if number in sent:
            peer.windows[number] += size
            sender.opened(sent[number], size)
        elif not which:
            peer.window += size
            sender.opened(None, size)
    for number, stream in sent.items():
        peer.windows[number] += 4 * WINDOW
        sender.opened(stream, 4 * WINDOW)
    peer.window += 12 * WINDOW
    sender.opened(None, 12 * WINDOW)
    assert {number: peer.data.get(number, b"") for number in sent} == {
        number: bytes([number]) * size for number, size in zip(sent, messages, strict=True)
    }
    assert sorted(peer.ended) == sorted(sent)
    assert sender.waiting == {}


def test_a_longer_frame_is_sent_once_the_peer_takes_it() -> None:
    written: list[bytes] = []
    sender = Sender(written.append)
    sender.settings({frames.MAX_FRAME_SIZE: 2 * frames.LONGEST}, [])
    sender.send(sender.stream(1), b"", b"x" * 2 * frames.LONGEST)
    assert [len(one) for one in written] == [9 + 2 * frames.LONGEST]


def test_what_is_forgotten_is_not_sent() -> None:
    peer = Peer(window=WINDOW)
    sender = Sender(peer.take)
    sender.send(begun(sender, peer, 1), b"", b"x" * 2 * WINDOW)
    sender.forget(1)
    sender.opened(None, WINDOW)
    assert len(peer.data[1]) == WINDOW


def test_a_window_that_is_too_wide_breaks_the_protocol() -> None:
    sender = Sender(lambda data: None)
    with pytest.raises(ProtocolError) as refusal:
        sender.opened(None, WIDEST)
    assert refusal.value.code is Code.FLOW_CONTROL_ERROR
