"""A device's connection as bare bytes, for what no client of ours would send."""

from __future__ import annotations

import socket
import struct
from types import TracebackType

from alerts.errors import RemoteProtocolError
from alerts.wire.codec import Codec
from alerts.wire.frames import Frame, Resume
from alerts.wire.handshake import HEADER, SUBPROTOCOL, Hello, pack_hello
from tests.support.hub import PATIENCE_S, RunningHub

TEXT, BINARY, CLOSE, PING = 0x1, 0x2, 0x8, 0x9
MASK = b"\x11\x22\x33\x44"


def upgrade_request(token: str, *, at: Resume | None = None, opening: int = 1) -> bytes:
    """The request that a device connects with; `at` is where it says that it stands."""
    lines = [
        "GET /v1/connect HTTP/1.1",
        "Host: hub",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        f"Sec-WebSocket-Protocol: {SUBPROTOCOL}",
        f"Authorization: Bearer {token}",
        f"{HEADER}: {pack_hello(Hello(opening, at or Resume(0, 0)))}",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


class RawDevice:
    """A connection that has been upgraded. Context manager."""

    def __init__(
        self, hub: RunningHub, token: str, *, at: Resume | None = None, receive_bytes: int | None = None
    ) -> None:
        self._socket = socket.socket()
        if receive_bytes is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self._socket.settimeout(PATIENCE_S)
        self._socket.connect(("127.0.0.1", hub.process.port))
        self._socket.sendall(upgrade_request(token, at=at))
        self._input = self._socket.makefile("rb")
        status = self._input.readline()
        assert status.startswith(b"HTTP/1.1 101"), status
        while self._input.readline() != b"\r\n":
            pass
        self.bytes_in = 0

    def send(
        self, opcode: int, body: bytes, *, mask: bytes = MASK, first: int | None = None, size: int | None = None
    ) -> None:
        """A frame: `first` in the place of its first byte, `size` in the place of its length, no `mask` to leave it bare."""
        flag = 0x80 if mask else 0
        length = len(body) if size is None else size
        if length < 126:
            head = struct.pack("!BB", first or 0x80 | opcode, flag | length)
        else:
            head = struct.pack("!BBQ", first or 0x80 | opcode, flag | 127, length)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(body)) if mask else body
        self.send_bytes(head + mask + masked)

    def send_bytes(self, data: bytes) -> None:
        """Anything. A hub that has closed meanwhile is no error."""
        try:
            self._socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return

    def frames_to_the_end(self) -> tuple[list[Frame], int | None]:
        """The hub's frames until it closes, and the code that it closes with; None where it only closed the connection."""
        frames: list[Frame] = []
        codec = Codec()
        try:
            while (head := self._input.read(2)) and len(head) == 2:
                size = head[1]
                if size >= 126:
                    size = int.from_bytes(self._input.read(2 if size == 126 else 8))
                body = self._input.read(size)
                self.bytes_in += len(body)
                if head[0] & 0xF == CLOSE:
                    return frames, struct.unpack("!H", body[:2])[0] if body else None
                if head[0] & 0xF == BINARY:
                    frames.append(codec.decode(body))
        except (ConnectionResetError, RemoteProtocolError):
            pass
        return frames, None

    def __enter__(self) -> RawDevice:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._input.close()
        self._socket.close()
