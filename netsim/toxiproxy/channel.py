"""The bounded queue between two stages of a link. It is what makes backpressure: who puts into a full one waits."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

CHANNEL_BYTES_MAX = 8 * 1024 * 1024
"""However many chunks a toxic may buffer, a channel takes no more once it holds this much."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes as they were read in one go, and when (seconds of the link's clock)."""

    data: bytes
    at: float


class Channel:
    """Chunks from one producer to one consumer, at most `chunks_max` of them and about `CHANNEL_BYTES_MAX` bytes.

    `readable` is set when the consumer should look again: there is a chunk, the channel was closed, or it was nudged.
    """

    def __init__(self, chunks_max: int = 1) -> None:
        self.readable = asyncio.Event()
        self._chunks: deque[Chunk] = deque()
        self._chunks_max = chunks_max
        self._bytes = 0
        self._room = asyncio.Event()
        self._room.set()
        self._putting = 0
        self._closed = False

    @property
    def ended(self) -> bool:
        """True when nothing is left and nothing will come."""
        return self._closed and not self._chunks

    @property
    def idle(self) -> bool:
        """True when it is open, holds nothing, and nobody is about to put anything into it."""
        return not (self._closed or self._chunks or self._putting)

    async def put(self, chunk: Chunk) -> None:
        """Append `chunk`, once there is room."""
        self._putting += 1
        try:
            while not self._room.is_set():
                await self._room.wait()
        finally:
            self._putting -= 1
        assert not self._closed, "a channel is closed by its only producer"
        self._chunks.append(chunk)
        self._bytes += len(chunk.data)
        self._measure()

    def take(self) -> Chunk | None:
        """The next chunk, or None when there is none just now (or ever: see `ended`)."""
        chunk = self._chunks.popleft() if self._chunks else None
        self._bytes -= len(chunk.data) if chunk else 0
        self._measure()
        return chunk

    async def next(self) -> Chunk | None:
        """The next chunk, waiting for it; None at the end."""
        while (chunk := self.take()) is None and not self._closed:
            await self.readable.wait()
        return chunk

    def close(self) -> None:
        """Nothing more will come. What is held can still be taken."""
        self._closed = True
        self.readable.set()

    def nudge(self) -> None:
        """Make a waiting consumer look up from its waiting."""
        self.readable.set()

    def settle(self) -> None:
        """Take back a nudge: `readable` says again what is true."""
        self._measure()

    def _measure(self) -> None:
        full = len(self._chunks) >= self._chunks_max or self._bytes >= CHANNEL_BYTES_MAX
        (self._room.clear if full else self._room.set)()
        (self.readable.set if self._chunks or self._closed else self.readable.clear)()
