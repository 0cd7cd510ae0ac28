"""The link that hub and device of the simulation write to, when a TCP carries it: messages become frames, frames bytes."""

from __future__ import annotations

from collections.abc import Callable

from netsim.virtual import websocket
from netsim.virtual.network import Link, Pipe


class _TcpPipe(Pipe):
    """One direction. Nothing is under way in it: what is sent is the TCP's."""

    def __init__(self, *, is_masked: bool) -> None:
        super().__init__()
        self.write: Callable[[bytes], None] | None = None
        self._is_masked = is_masked

    def send(self, messages: list[bytes]) -> None:
        """Write messages as frames, in one go."""
        if messages and self.write is not None:
            self.write(b"".join(websocket.frame(message, is_masked=self._is_masked) for message in messages))


class TcpLink(Link):
    """One connection. Each end sets the `write` of its own direction once it has one."""

    up: _TcpPipe
    down: _TcpPipe

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.up = _TcpPipe(is_masked=True)
        self.down = _TcpPipe(is_masked=False)
