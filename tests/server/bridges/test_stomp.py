r"""Frames of STOMP 1.2: what is written is read again, what breaks a rule is said, and no header becomes two."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.errors import LocalProtocolError, RemoteProtocolError
from server.bridges.stomp import (
    CLIENT_COMMANDS,
    SERVER_COMMANDS,
    UNESCAPED,
    WITH_BODY,
    Beat,
    Decoder,
    Frame,
    Limits,
    encode,
)

ALL = CLIENT_COMMANDS | SERVER_COMMANDS


def _read(*pieces: bytes, commands: frozenset[str] = ALL, limits: Limits | None = None) -> list[Frame | Beat]:
    decoder, found = Decoder(commands, limits), list[Frame | Beat]()
    for piece in pieces:
        decoder.feed(piece)
        while (one := decoder.next()) is not None:
            found.append(one)
    return found


def _one(data: bytes) -> Frame:
    (frame,) = _read(data)
    assert isinstance(frame, Frame)
    return frame


# -- reading ----------------------------------------------------------------------------------------------------------


def test_a_frame_is_read() -> None:
    assert _one(b"SEND\ndestination:/alerts\ncontent-type:application/json\n\n{}\0") == Frame(
        "SEND", {"destination": "/alerts", "content-type": "application/json"}, b"{}"
    )


def test_lines_may_end_with_cr_lf() -> None:
    assert _one(b"SEND\r\ndestination:/alerts\r\n\r\n\r\n\0") == Frame("SEND", {"destination": "/alerts"}, b"\r\n")


def test_of_a_repeated_header_the_first_counts() -> None:
    assert _one(b"SEND\na:1\nb:2\na:3\n\n\0").headers == {"a": "1", "b": "2"}


def test_of_a_repeated_length_the_first_counts() -> None:
    assert _one(b"SEND\ncontent-length:3\ncontent-length:1\n\na\0b\0").body == b"a\0b"


def test_spaces_belong_to_names_and_values() -> None:
    assert _one(b"SEND\n a : b \n\n\0").headers == {" a ": " b "}


def test_a_value_may_be_empty_and_hold_colons() -> None:
    assert _one(b"SEND\na:\nb:urn:x:y\n\n\0").headers == {"a": "", "b": "urn:x:y"}


def test_escapes_are_read_in_names_and_values() -> None:
    assert _one(
        rb"""SEND
na\cme:\r\n\c\\
"""
        + b"\n\0"
    ).headers == {"na:me": "\r\n:\\"}


@pytest.mark.parametrize("command", ["CONNECT", "STOMP", "CONNECTED"])
def test_connecting_frames_have_no_escapes(command: str) -> None:
    assert _one(f"{command}\npasscode:a\\nb:c\\t\n\n\0".encode()).headers == {"passcode": r"a\nb:c\t"}


def test_a_body_with_nul_needs_its_length() -> None:
    assert _one(b"SEND\ncontent-length:3\n\na\0b\0").body == b"a\0b"


def test_line_ends_between_frames_are_beats() -> None:
    assert _read(b"\n\r\n\nBEGIN\ntransaction:1\n\n\0\n") == [Beat(), Frame("BEGIN", {"transaction": "1"}), Beat()]


def test_pieces_may_be_of_any_size() -> None:
    data = b"SEND\na:1\ncontent-length:2\n\nab\0\nABORT\ntransaction:1\n\n\0"
    assert _read(*(data[at : at + 1] for at in range(len(data)))) == _read(data)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"SENT\n\n\0", "'SENT' is no command"),
        (b"send\n\n\0", "'send' is no command"),
        (b" SEND\n\n\0", "no command"),
        (b"\0", None),
        (b"\0\n", "no command"),
        (b"\xff\xfe\n", "no command"),
        (b"SEND\nabc\n\n\0", "'abc' is no header"),
        (b"SEND\n:abc\n\n\0", "is no header"),
        (b"SEND\na\rb:1\n\n\0", "bare CR"),
        (b"SEND\na:1\r\r\n\n\0", "bare CR"),
        (b"SEND\na:1\0\n\n\0", "NUL"),
        (b"SEND\na:\xff\n\n\0", "not UTF-8"),
        (rb"SEND" + b"\n" + rb"a:\t" + b"\n\n\0", r"is no escape"),
        (b"SEND\na:\\\n\n\0", "is no escape"),
        (b"SEND\na:\\0\n\n\0", "is no escape"),
        (b"SEND\ncontent-length:1\n\nab\0", "no NUL follows the 1 bytes"),
        (b"SEND\ncontent-length:-1\n\nab\0", "no number of bytes"),
        (b"SEND\ncontent-length:+1\n\na\0", "no number of bytes"),
        (b"SEND\ncontent-length: 1\n\na\0", "no number of bytes"),
        (b"SEND\ncontent-length:\n\na\0", "no number of bytes"),
        ("SEND\ncontent-length:١\n\na\0".encode(), "no number of bytes"),
        (b"SEND\ncontent-length:99999999999999999999\n\n", "no number of bytes"),
        (b"SEND\ncontent-length:1048577\n\n", "more than 1048576 bytes"),
        (b"SUBSCRIBE\nid:1\n\nbody\0", "a SUBSCRIBE frame has no body"),
        (b"ACK\nid:1\ncontent-length:1\n\nb\0", "a ACK frame has no body"),
    ],
)
def test_what_breaks_a_rule_is_said(data: bytes, words: str | None) -> None:
    if words is None:
        assert _read(data) == [], "nothing can be said of half a line"
        return
    with pytest.raises(RemoteProtocolError, match=words):
        _read(data)


def test_commands_of_the_other_side_are_refused() -> None:
    with pytest.raises(RemoteProtocolError, match="'CONNECTED' is no command that may be sent here"):
        _read(b"CONNECTED\n\n\0", commands=CLIENT_COMMANDS)
    with pytest.raises(RemoteProtocolError, match="'SEND' is no command that may be sent here"):
        _read(b"SEND\n\n\0", commands=SERVER_COMMANDS)


def test_after_an_error_nothing_is_read() -> None:
    decoder = Decoder()
    decoder.feed(b"NONSENSE\n")
    with pytest.raises(RemoteProtocolError) as first:
        decoder.next()
    decoder.feed(b"SEND\n\n\0")
    with pytest.raises(RemoteProtocolError) as second:
        decoder.next()
    assert str(first.value) == str(second.value)


def test_frames_before_an_error_are_read() -> None:
    decoder = Decoder()
    decoder.feed(b"SEND\na:1\n\n\0NONSENSE\n")
    assert decoder.next() == Frame("SEND", {"a": "1"})
    with pytest.raises(RemoteProtocolError):
        decoder.next()


SMALL = Limits(headers_max=2, line_bytes_max=20, head_bytes_max=30, body_bytes_max=5)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"SEND\na:1\nb:2\nc:3\n", "more than 2 headers"),
        (b"SEND\na:1\na:1\na:1\n", "more than 2 headers"),
        (b"SEND\na:" + 19 * b"x", "line of the head has more than 20 bytes"),
        (b"SEND\na:" + 19 * b"x" + b"\n", "line of the head has more than 20 bytes"),
        (21 * b"S", "line of the head has more than 20 bytes"),
        (b"SEND\na:" + 16 * b"x" + b"\nb:" + 16 * b"x" + b"\n", "headers of the SEND frame have more than 30 bytes"),
        (b"SEND\n\n123456", "more than 5 bytes"),
        (b"SEND\n\n123456\0", "more than 5 bytes"),
        (b"SEND\ncontent-length:6\n\n", "more than 5 bytes"),
    ],
)
def test_what_is_too_large_is_said_as_soon_as_it_is_known(data: bytes, words: str) -> None:
    with pytest.raises(RemoteProtocolError, match=words):
        _read(data, limits=SMALL)


def test_what_is_just_small_enough_is_read() -> None:
    data = b"SEND\na:" + 18 * b"x" + b"\nb:" + 8 * b"x" + b"\n\n12345\0"
    assert isinstance(_read(data, limits=SMALL)[0], Frame)


# -- writing ----------------------------------------------------------------------------------------------------------


def test_a_frame_is_written() -> None:
    assert encode(Frame("MESSAGE", {"a:b": "c\nd\r\\"}, b"x\0")) == (
        rb"MESSAGE" + b"\n" + rb"a\cb:c\nd\r\\" + b"\ncontent-length:2\n\nx\0\0"
    )
    assert encode(Frame("RECEIPT", {"receipt-id": "1"})) == b"RECEIPT\nreceipt-id:1\n\n\0"


@pytest.mark.parametrize(
    "frame",
    [
        Frame("NONSENSE"),
        Frame("SEND\nx:y"),
        Frame("RECEIPT", {}, b"x"),
        Frame("SEND", {"": "x"}),
        Frame("SEND", {"a": "\0"}),
        Frame("SEND", {"a\0": "x"}),
        Frame("SEND", {"content-length": "2"}, b"x"),
        Frame("CONNECTED", {"session": "1\nuser:admin"}),
        Frame("CONNECTED", {"session": "1\ruser:admin"}),
        Frame("CONNECTED", {"a:b": "1"}),
        Frame("CONNECT", {"a\n\nb": "1"}),
    ],
)
def test_what_cannot_be_written_is_refused(frame: Frame) -> None:
    with pytest.raises(LocalProtocolError):
        encode(frame)


# -- anything ---------------------------------------------------------------------------------------------------------

_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
_PLAIN = st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=["Cs"]), max_size=20)


@st.composite
def _frames(draw: st.DrawFn) -> Frame:
    command = draw(st.sampled_from(sorted(ALL)))
    text = _PLAIN if command in UNESCAPED else _TEXT
    names = text.filter(lambda name: name not in ("", "content-length"))
    if command in UNESCAPED:
        names = names.filter(lambda name: ":" not in name)
    headers = draw(st.dictionaries(names, text, max_size=5))
    body = draw(st.binary(max_size=50)) if command in WITH_BODY else b""
    return Frame(command, headers, body)


def _cut(data: bytes, at: Iterable[int]) -> list[bytes]:
    places = [0, *sorted(place % (len(data) + 1) for place in at), len(data)]
    return [data[start:end] for start, end in pairwise(places)]


@given(st.lists(_frames(), max_size=3), st.lists(st.integers(0, 10_000), max_size=4))
@example([Frame("SEND", {"a": "\n\nSEND"}, b"\0SEND\n")], [])
def test_what_is_written_is_read_as_it_was_in_any_pieces(frames: list[Frame], cuts: list[int]) -> None:
    read = _read(*_cut(b"\n".join(map(encode, frames)), cuts))
    found = [one for one in read if isinstance(one, Frame)]
    wanted = [
        Frame(one.command, {**one.headers, "content-length": str(len(one.body))}, one.body)
        if one.command in WITH_BODY
        else one
        for one in frames
    ]
    assert found == wanted


_LIKELY = st.sampled_from(
    [
        b"SEND",
        b"CONNECT",
        b"MESSAGE",
        b"\n",
        b"\r\n",
        b"\0",
        b":",
        b"\\",
        b"\\n",
        b"\\c",
        b"content-length:",
        b"3",
        b"a",
    ]
)


@given(st.lists(st.one_of(_LIKELY, st.binary(max_size=8)), max_size=30).map(b"".join), st.lists(st.integers(0, 200)))
def test_any_bytes_are_read_or_refused_and_pieces_change_nothing(data: bytes, cuts: list[int]) -> None:
    def outcome(pieces: list[bytes]) -> tuple[list[Frame], str]:
        decoder, found = Decoder(ALL, SMALL), list[Frame]()
        try:
            for piece in pieces:
                decoder.feed(piece)
                while (one := decoder.next()) is not None:
                    found += [one] if isinstance(one, Frame) else []
        except RemoteProtocolError as error:
            return found, str(error)
        return found, ""

    assert outcome([data]) == outcome(_cut(data, cuts))


@given(_frames())
def test_what_was_read_is_written_the_same(frame: Frame) -> None:
    data = encode(frame)
    assert encode(_one(data)) == data
