"""Frames of STOMP, of either side."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.errors import LocalProtocolError, RemoteProtocolError
from server.bridges.stomp import CLIENT_COMMANDS, SERVER_COMMANDS, Beat, Decoder, Frame, encode

SUMMARY = "frames of STOMP 1.2, as text or binary messages of a WebSocket"


def seeds() -> Iterable[bytes]:
    """A conversation in a row, a body with NUL, headers that need escapes, line ends of both kinds."""
    frames = (
        Frame("CONNECT", {"accept-version": "1.2", "heart-beat": "10000,0", "passcode": "secret"}),
        Frame("SUBSCRIBE", {"id": "0", "destination": "/alerts/area/KE-047", "ack": "client-individual"}),
        Frame("SEND", {"destination": "/alerts", "na:me": "a\r\n\\"}, b"a\0b"),
        Frame("MESSAGE", {"message-id": "7-1", "subscription": "0", "ack": "1"}, b"{}"),
    )
    return [encode(frame) for frame in frames] + [
        b"\n".join(map(encode, frames)),
        b"SEND\r\ndestination:/alerts\r\ndestination:/other\r\n\r\n<alert/>\0\r\n",
    ]


def check(data: bytes) -> None:
    """Frames or RemoteProtocolError; whole and in two pieces the same; what was read is written and read again."""
    found = _read(data)
    assert _read(data[: len(data) // 2], data[len(data) // 2 :]) == found, "pieces change nothing"
    for frame in found:
        try:
            again = _read(encode(frame))
        except LocalProtocolError:
            assert frame.command in ("CONNECT", "STOMP", "CONNECTED"), "only what has no escapes cannot be written"
            continue
        assert [(one.command, {**one.headers}, one.body) for one in again] == [
            (frame.command, {**one.headers, **frame.headers}, frame.body) for one in again
        ], "what was read is written and read again"
        assert len(again) == 1, "no header becomes a frame"


def _read(*pieces: bytes) -> list[Frame]:
    decoder, found = Decoder(CLIENT_COMMANDS | SERVER_COMMANDS), list[Frame]()
    try:
        for piece in pieces:
            decoder.feed(piece)
            while (one := decoder.next()) is not None:
                found += [] if isinstance(one, Beat) else [one]
    except RemoteProtocolError:
        pass
    return found
