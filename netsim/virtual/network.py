"""A link between a device and the hub: two streams of bytes in order, that can end at any byte.

device ══ 3 bytes ════════▶ hub       what is on its way arrives in pieces of any size; a message counts when its
       ◀═══════ 7 bytes ══           last byte is there; a cut loses the rest, and the two ends notice it apart
"""

from __future__ import annotations

from collections import deque

HEADER_BYTES = 4
"""About what a WebSocket frame adds to a message."""


class Pipe:
    """One direction."""

    def __init__(self) -> None:
        self._messages: deque[bytes] = deque()
        self._arrived = 0

    def send(self, messages: list[bytes]) -> None:
        """Put messages on their way."""
        self._messages.extend(messages)

    def is_empty(self) -> bool:
        """Whether nothing is on its way."""
        return not self._messages

    def arrive(self, byte_count: int) -> list[bytes]:
        """Let bytes arrive: the messages that are complete now."""
        complete: list[bytes] = []
        self._arrived += byte_count
        while self._messages and self._arrived >= len(self._messages[0]) + HEADER_BYTES:
            self._arrived -= len(self._messages[0]) + HEADER_BYTES
            complete.append(self._messages.popleft())
        if not self._messages:
            self._arrived = 0
        return complete

    def arrive_one(self) -> bytes:
        """Let the next message arrive whole."""
        self._arrived = 0
        return self._messages.popleft()

    def cut(self) -> None:
        """What is on its way is lost, a message of which some bytes have arrived too."""
        self._messages.clear()
        self._arrived = 0


class Link:
    """One connection as the network sees it. Each end is open until it notices, or is told, that it is not."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.down = Pipe()
        self.up = Pipe()
        self.is_up = True
        """Whether bytes still get through."""

    def cut(self) -> None:
        """Nothing gets through any more; the ends find out by themselves."""
        self.is_up = False
        self.down.cut()
        self.up.cut()
