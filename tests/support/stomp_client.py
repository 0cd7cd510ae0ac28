"""A STOMP client for tests: a bare WebSocket and the hub's codec, so that any frame can be sent and each one is seen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import websocket

from server.bridges.stomp import SERVER_COMMANDS, Beat, Decoder, Frame, encode
from tests.support.hub import PATIENCE_S, RunningHub


class StompClient:
    """One connection."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self._decoder = Decoder(SERVER_COMMANDS)
        self._found: list[Frame] = []
        self.is_closed = False

    def send(
        self, command: str, headers: dict[str, str] | None = None, body: bytes = b"", *, binary: bool = False
    ) -> None:
        """Send a frame."""
        self.raw(encode(Frame(command, headers or {}, body)), binary=binary)

    def raw(self, data: bytes, *, binary: bool = False) -> None:
        """Send bytes as one message."""
        kind = websocket.ABNF.OPCODE_BINARY if binary else websocket.ABNF.OPCODE_TEXT
        self.socket.send(data, kind)

    def frame(self) -> Frame | None:
        """The next frame; None: the hub has closed."""
        while not self._found:
            opcode, data = self.socket.recv_data()
            if opcode == websocket.ABNF.OPCODE_CLOSE:
                self.is_closed = True
                return None
            assert opcode == websocket.ABNF.OPCODE_TEXT, "the hub writes text"
            self._decoder.feed(data)
            while (one := self._decoder.next()) is not None:
                self._found += [] if isinstance(one, Beat) else [one]
        return self._found.pop(0)

    def expect(self, command: str) -> Frame:
        """The next frame, which must have this command."""
        frame = self.frame()
        assert frame is not None and frame.command == command, frame
        return frame

    def messages(self, count: int) -> list[Frame]:
        """The next messages."""
        return [self.expect("MESSAGE") for _ in range(count)]

    def names(self, count: int) -> list[str]:
        """Of the next messages: the identifiers of their alerts."""
        return [frame.headers["identifier"] for frame in self.messages(count)]

    def error(self) -> Frame:
        """The ERROR that comes next, after which the hub closes."""
        frame = self.expect("ERROR")
        assert self.frame() is None, "nothing follows an ERROR"
        return frame

    def request(self, command: str, headers: dict[str, str] | None = None, body: bytes = b"") -> Frame:
        """Send a frame with a receipt, and wait for it."""
        self.send(command, {**(headers or {}), "receipt": "asked"}, body)
        receipt = self.expect("RECEIPT")
        assert receipt.headers["receipt-id"] == "asked"
        return receipt

    def subscribe(self, destination: str = "/alerts", id: str = "s", **headers: str) -> None:
        """Subscribe, and wait until that is done."""
        self.request("SUBSCRIBE", {"id": id, "destination": destination, **headers})


@contextmanager
def stomp(hub: RunningHub, token: str | None, *, connect: bool = True, **options: Any) -> Iterator[StompClient]:
    """A connection; connected, unless told otherwise."""
    options.setdefault("subprotocols", ["v12.stomp"])
    address = hub.address.replace("http", "ws") + "/stomp"
    socket = websocket.create_connection(address, timeout=PATIENCE_S, **options)
    try:
        client = StompClient(socket)
        if connect:
            client.send("CONNECT", {"accept-version": "1.2"} | ({} if token is None else {"passcode": token}))
            client.expect("CONNECTED")
        yield client
    finally:
        socket.close(timeout=0)
