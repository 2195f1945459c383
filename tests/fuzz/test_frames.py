"""Frames of a hostile container, and Docker's framing around them: a frame comes out, or their own error."""

from __future__ import annotations

import contextlib
import socket
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.inside import frames
from sandbox.model import SandboxUnavailable
from sandbox.stream import KNOWN, Closed, Flooded, Stream
from tests.fuzz.spoiling import bounded, examples, in_pieces, spoiled

Frame = tuple[dict[str, Any], bytes]

letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
plain = st.none() | st.booleans() | st.integers(-999_999_999, 999_999_999) | letters
headers = st.dictionaries(letters, plain | st.lists(plain, max_size=3), max_size=4)
sent = st.lists(st.tuples(headers, st.binary(max_size=60)), max_size=4)
sizes = st.lists(st.integers(0, 50), max_size=30)

WHOLE = [
    frames.encode({"is": "ready", "image": "python"}),
    frames.encode({"is": "reply", "run": "ab", "seq": 3, "nonce": "ə"}, b'["i","5"]'),
    frames.encode({"is": "reply", "seq": [1, {"a": [None, True]}]}, bytes(300)) * 2,
]
HEADERS = [whole[8 : 8 + struct.unpack_from(">I", whole, 4)[0]] for whole in WHOLE]


@examples(150)
@given(sent, sizes)
def test_frames_come_out_as_they_went_in_however_they_are_cut(wanted: list[Frame], cuts: list[int]) -> None:
    reader, found = frames.Frames(), list[Frame]()
    for piece in in_pieces(b"".join(frames.encode(*frame) for frame in wanted), cuts):
        found += reader.feed(piece)
    assert found == wanted
    assert reader.pending == 0


def by_feeding(data: bytes, cuts: list[int]) -> tuple[list[Frame], bool]:
    """The frames of a stream, and whether it went wrong."""
    reader, found = frames.Frames(most=frames.MOST_OUT), list[Frame]()
    try:
        for piece in in_pieces(data, cuts):
            found += reader.feed(piece)
    except frames.FrameError:
        return found, True
    return found, reader.pending > 0


def by_reading(data: bytes, cuts: list[int]) -> tuple[list[Frame], bool]:
    pieces, found = [piece for piece in in_pieces(data, cuts) if piece], list[Frame]()

    def take(size: int) -> bytes:
        piece = pieces.pop(0) if pieces else b""
        if len(piece) > size:
            pieces.insert(0, piece[size:])
        return piece[:size]

    try:
        while (frame := frames.read(take, most=frames.MOST_OUT)) is not None:
            found.append(frame)
    except frames.FrameError:
        return found, True
    return found, False


@examples(300)
@given(spoiled(WHOLE), sizes)
def test_a_spoiled_stream_gives_the_same_on_both_sides_or_a_frame_error(data: bytes, cuts: list[int]) -> None:
    with bounded():
        fed, read = by_feeding(data, cuts), by_reading(data, [])
    assert fed[1] == read[1]
    assert read[0][: len(fed[0])] == fed[0]  # a piece that completes a good frame and a bad one gives neither


@examples(300)
@given(spoiled(HEADERS), st.binary(max_size=8))
def test_a_spoiled_header_is_plain_or_refused(header: bytes, body: bytes) -> None:
    with bounded(), contextlib.suppress(frames.FrameError):
        found, rest = frames.parse(struct.pack(">I", len(header)) + header + body)
        assert rest == body
        assert frames.parse(frames.encode(found, rest)[4:]) == (found, rest)  # nothing that cannot be sent on


@pytest.mark.parametrize("depth", [3, 100, 249, 300, 450, 480, 490, 500, 700, 990, 1000, 3000, 100_000])
@pytest.mark.parametrize(("bracket", "end"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("inner", ['"\\u0041"', "1"])
def test_depth_is_a_frame_error_and_nothing_worse(depth: int, bracket: str, end: str, inner: str) -> None:
    """Not among the examples: they are tried with more room on the stack than there is elsewhere."""
    with contextlib.suppress(frames.FrameError):
        frames.strict_json((bracket * depth + inner + end * depth).encode())


class OneSocket:
    """Stands for an engine that attaches to `end`."""

    def __init__(self, end: socket.socket) -> None:
        self._sock = end

    def call(self, _what: str, _act: Any) -> Any:
        return self

    def close(self) -> None:
        self._sock.close()


def docker(kind: int, payload: bytes) -> bytes:
    return struct.pack(">BxxxL", kind, len(payload)) + payload


STREAMS = [
    docker(1, WHOLE[0]) + docker(2, b"Traceback") + docker(1, WHOLE[1][:5]) + docker(1, WHOLE[1][5:]),
    docker(1, b"".join(WHOLE)) + docker(2, b"x" * 9000),
]


@examples(100)
@given(st.integers(0, 1), sizes)
def test_dockers_framing_gives_whole_frames_however_it_is_cut(number: int, cuts: list[int]) -> None:
    arrived = through_docker(STREAMS[number], cuts)
    assert arrived == [frame for whole in (WHOLE[:2], WHOLE)[number] for frame in frames.Frames().feed(whole)]


@examples(250)
@given(spoiled(STREAMS), sizes)
def test_dockers_framing_gives_frames_or_one_of_four_errors(data: bytes, cuts: list[int]) -> None:
    with bounded():
        arrived = through_docker(data, cuts)
    assert all(header.keys() <= KNOWN["python"] for header, _ in arrived)


def through_docker(data: bytes, cuts: list[int]) -> list[Frame]:
    """What a stream takes of these bytes before it ends in one of the errors it may raise."""
    near, far = socket.socketpair()
    stream = Stream(OneSocket(near), "container", image="python")  # type: ignore[arg-type]
    try:
        with contextlib.suppress(Closed, Flooded, frames.FrameError, SandboxUnavailable):
            for piece in in_pieces(data, cuts):
                far.sendall(piece)
                while stream.turn(0):
                    pass
            far.close()
            while True:
                stream.turn(0)
        assert stream.counted <= len(data)
        assert len(stream.stderr) <= 8 * 1024
        return stream.arrived
    finally:
        stream.close()
        far.close()
