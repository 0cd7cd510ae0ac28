"""WebSocket as RFC 6455 has it, where Tornado is laxer: close codes, masking, binary messages only, one write for many."""

from __future__ import annotations

import struct
from collections.abc import Awaitable, Iterable, Iterator
from contextlib import contextmanager

from tornado.concurrent import Future
from tornado.httputil import HTTPHeaders
from tornado.iostream import IOStream, StreamClosedError
from tornado.websocket import WebSocketProtocol13

BINARY_FINAL = 0x82


def may_be_sent(code: int) -> bool:
    """Whether an endpoint may put this code into a close frame (RFC 6455 §7.4)."""
    return code in {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014} or 3000 <= code <= 4999


def asks_for_upgrade(headers: HTTPHeaders) -> bool:
    """Whether the head of a request asks for a WebSocket (RFC 6455 §4.2.1)."""
    asked = {word.strip().lower() for word in headers.get("Connection", "").split(",")}
    return "upgrade" in asked and headers.get("Upgrade", "").strip().lower() == "websocket"


def offered_subprotocols(headers: HTTPHeaders) -> list[str]:
    """The subprotocols that a client offers, in its order (RFC 6455 §4.1)."""
    return [word.strip() for word in headers.get("Sec-WebSocket-Protocol", "").split(",") if word.strip()]


def frame_of(message: bytes) -> bytes:
    """A binary message of a server as one unmasked frame (RFC 6455 §5.2)."""
    size = len(message)
    if size < 126:
        return struct.pack("!BB", BINARY_FINAL, size) + message
    if size <= 0xFFFF:
        return struct.pack("!BBH", BINARY_FINAL, 126, size) + message
    return struct.pack("!BBQ", BINARY_FINAL, 127, size) + message


@contextmanager
def held_back(stream: IOStream) -> Iterator[bytearray]:
    """Gather what is written meanwhile, so that it can leave with what follows: one segment, one TLS record."""
    held = bytearray()

    def hold(data: bytes | memoryview) -> Future[None]:
        held.extend(data)
        done: Future[None] = Future()
        done.set_result(None)
        return done

    stream.write = hold  # type: ignore[method-assign]
    try:
        yield held
    finally:
        del stream.write  # the class's own again


class StrictProtocol(WebSocketProtocol13):
    """Tornado's protocol with what RFC 6455 forbids refused."""

    bytes_in = property(lambda self: self._wire_bytes_in)

    takes_text = False

    head = b""
    """The 101, where it is to leave with the first frames."""

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Close with a code that may be sent; a forbidden one that a peer sent is not echoed but answered with 1002."""
        if code is not None and not may_be_sent(code):
            code, reason = 1002, "a close code that must not be sent"
        super().close(code, reason)

    def _handle_message(self, opcode: int, data: bytes) -> Awaitable[None] | None:  # type: ignore[override]
        if self._frame_mask is None:
            self.close(1002, "frames of a client are masked")
            self._abort()
            return None
        self._frame_mask = None
        if opcode == 0x1 and not self.takes_text:
            self.close(1003, "binary messages only")
            return None
        if opcode == 0x8 and not _is_close_body(data):
            self.close(1002, "a close frame that is malformed")
            self._abort()
            return None
        return super()._handle_message(opcode, data)

    def write_frames(self, frames: Iterable[bytes]) -> None:
        """Finished frames in one write, so that a small first flight is one segment."""
        joined = b"".join((self.head, *frames))
        self.head = b""
        if joined and not self.is_closing():
            self._wire_bytes_out += len(joined)
            try:
                self.stream.write(joined)
            except StreamClosedError:
                self._abort()


def _is_close_body(data: bytes) -> bool:
    """Nothing, or a code with a reason in UTF-8 (RFC 6455 §5.5.1)."""
    if len(data) == 1:
        return False
    try:
        data[2:].decode()
    except UnicodeDecodeError:
        return False
    return True
