"""The bytes between a device and its hub: the upgrade (RFC 9110, RFC 6455 §4) and the frames (§5), as long as the real ones."""

from __future__ import annotations

import struct

from alerts.wire.handshake import AT_PREFIX, SUBPROTOCOL

BINARY_FINAL, MASKED = 0x82, 0x80
TOKEN_CHARS = 22
"""A device's credential, 16 bytes in base64url; here its name, filled up."""

_END = b"\r\n\r\n"
_REQUEST = (
    "GET /v1/connect HTTP/1.1\r\nConnection: Upgrade\r\nHost: 192.0.2.2:43210\r\nUpgrade: websocket\r\n"
    "Sec-Websocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-Websocket-Version: 13\r\n"
    "Sec-Websocket-Protocol: {protocol},{at}{value}\r\nAuthorization: Bearer {token}\r\n\r\n"
)
_ANSWER = (
    "HTTP/1.1 101 OK\r\nSec-Websocket-Protocol: {protocol}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-Websocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n"
)


def request(device: str, value: str) -> bytes:
    """An upgrade request: who it is, and where it stands."""
    token = device.ljust(TOKEN_CHARS, "=")
    return _REQUEST.format(protocol=SUBPROTOCOL, token=token, at=AT_PREFIX, value=value).encode()


def answer() -> bytes:
    """A hub's 101."""
    return _ANSWER.format(protocol=SUBPROTOCOL).encode()


def read_request(head: bytes) -> tuple[str, str]:
    """The device and the value of a request."""
    fields = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    value = fields["Sec-Websocket-Protocol"].partition(AT_PREFIX)[2]
    return fields["Authorization"].removeprefix("Bearer ").rstrip("="), value


def frame(message: bytes, *, is_masked: bool) -> bytes:
    """A binary message as one frame; a client's is masked, here with zeros."""
    size, mask = len(message), MASKED if is_masked else 0
    if size < 126:
        head = struct.pack("!BB", BINARY_FINAL, mask | size)
    elif size <= 0xFFFF:
        head = struct.pack("!BBH", BINARY_FINAL, mask | 126, size)
    else:
        head = struct.pack("!BBQ", BINARY_FINAL, mask | 127, size)
    return head + (bytes(4) if is_masked else b"") + message


class Reader:
    """What arrives at one end: the head of the upgrade, then messages. It may come in pieces of any size."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> None:
        """Bytes have arrived."""
        self._data += data

    def head(self) -> bytes | None:
        """The head of a request or an answer, once it is whole."""
        end = self._data.find(_END)
        if end < 0:
            return None
        head = bytes(self._data[:end])
        del self._data[: end + len(_END)]
        return head

    def messages(self) -> list[bytes]:
        """The messages that are whole by now."""
        messages = []
        while (found := self._next()) is not None:
            start, end = found
            messages.append(bytes(self._data[start:end]))
            del self._data[:end]
        return messages

    def _next(self) -> tuple[int, int] | None:
        data = self._data
        if len(data) < 2:
            return None
        short, mask_bytes = data[1] & 0x7F, 4 if data[1] & MASKED else 0
        size_bytes = {126: 2, 127: 8}.get(short, 0)
        start = 2 + size_bytes + mask_bytes
        size = int.from_bytes(data[2 : 2 + size_bytes]) if size_bytes else short
        return (start, start + size) if len(data) >= start + size else None
