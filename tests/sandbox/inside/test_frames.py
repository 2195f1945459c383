import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.inside import frames

names = st.text(max_size=12)
plain = (
    st.none()
    | st.booleans()
    | st.integers(-999_999_999, 999_999_999)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
headers = st.dictionaries(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12), plain | st.lists(plain, max_size=4), max_size=6
)


@given(headers, st.binary(max_size=300))
def test_a_frame_comes_back_as_it_was_sent(header, body):
    encoded = frames.encode(header, body)
    assert frames.parse(encoded[4:]) == (header, body)


@given(st.lists(st.tuples(headers, st.binary(max_size=50)), max_size=4), st.data())
def test_frames_are_found_however_the_bytes_are_cut(sent, data):
    stream = b"".join(frames.encode(*frame) for frame in sent)
    reader, found, at = frames.Frames(), [], 0
    while at < len(stream):
        size = data.draw(st.integers(1, 40))
        found += reader.feed(stream[at : at + size])
        at += size
    assert found == sent
    assert reader.pending == 0


@given(st.binary(max_size=200))
def test_hostile_bytes_raise_nothing_but_a_frame_error(data):
    with contextlib.suppress(frames.FrameError):
        frames.parse(data)
    with contextlib.suppress(frames.FrameError):
        frames.Frames().feed(data)


@given(st.binary(max_size=200))
def test_a_hostile_header_raises_nothing_but_a_frame_error(data):
    with contextlib.suppress(frames.FrameError):
        frames.parse(struct.pack(">I", len(data)) + data)


@pytest.mark.parametrize(
    "header",
    [
        b'{"a":1.5}',
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b'{"a":1234567890}',
        b'{"a":-1234567890}',
        b'{"a":1e3}',
        b"[]",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        b'{"a":[[[[[1]]]]]}',
    ],
)
def test_a_header_that_is_not_strict_json_is_refused(header):
    with pytest.raises(frames.FrameError):
        frames.parse(struct.pack(">I", len(header)) + header)


def test_an_unknown_key_is_refused():
    payload = frames.encode({"is": "reply", "score": 10})[4:]
    with pytest.raises(frames.FrameError, match="unknown key"):
        frames.parse(payload, known=frozenset({"is", "run"}))


@pytest.mark.parametrize("size", [0, 3, 5 * frames.MIB, 2**32 - 1])
def test_an_impossible_length_is_refused_before_anything_is_read(size):
    with pytest.raises(frames.FrameError):
        frames.Frames(most=frames.MOST_OUT).feed(struct.pack(">I", size))


def test_a_frame_over_the_cap_is_not_made():
    with pytest.raises(frames.FrameError, match="too large"):
        frames.encode({}, bytes(frames.MOST_OUT), most=frames.MOST_OUT)


def test_a_lone_surrogate_becomes_a_replacement_sign():
    header = b'{"a":"x\\ud800y"}'
    assert frames.parse(struct.pack(">I", len(header)) + header)[0]["a"].encode("utf-8") == "x�y".encode()


def test_reading_gives_none_at_the_end_and_an_error_inside_a_frame():
    import io

    whole = frames.encode({"do": "bye"}, b"xyz")
    stream = io.BytesIO(whole + whole[:9])
    assert frames.read(stream.read) == ({"do": "bye"}, b"xyz")
    with pytest.raises(frames.FrameError):
        frames.read(stream.read)
    assert frames.read(io.BytesIO().read) is None
