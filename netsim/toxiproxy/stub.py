"""A toxic's place in one direction of one connection: where it takes chunks from, where it puts them, its luck.

    input channel > stub (runs toxic.pipe) > output channel

A toxic is one object for all connections; what belongs to a connection stands here. When the toxic's settings change
or it is removed, the stub is interrupted: a wait ends early, the chunk in hand is passed on, and nothing is lost.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable

from netsim.toxiproxy.channel import Channel, Chunk
from netsim.toxiproxy.clock import Clock
from netsim.toxiproxy.toxics.toxic import PlacedToxic


class Stub:
    """One toxic on one direction of one connection.

    `chance` decides by the toxic's toxicity whether it acts here, and is what toxics draw from. `left` is called when
    a removed stub has passed on all that it held and can be taken out of the link.
    """

    def __init__(
        self,
        placed: PlacedToxic,
        source: Channel,
        output: Channel,
        chance: random.Random,
        clock: Clock,
        left: Callable[[Stub], None],
    ) -> None:
        self.placed = placed
        self.input = source
        self.output = output
        self.chance = chance
        self.clock = clock
        self.sent_bytes = 0
        self.closed = False
        self.removed = False
        self._left = left
        self._interrupt = asyncio.Event()
        self.acting = self._draw()

    # For toxics.

    @property
    def interrupted(self) -> bool:
        """True when the toxic should return soon: it was changed or removed."""
        return self._interrupt.is_set()

    async def receive(self, within: float | None = None) -> Chunk | None:
        """The next chunk. None when there is none within so many seconds, at the end, or when interrupted."""
        if not (self.interrupted or self.input.ended):
            await self.clock.wait(self.input.readable, within)
        return None if self.interrupted else self.input.take()

    async def chunks(self) -> AsyncIterator[Chunk]:
        """Chunk after chunk, until the end or an interruption."""
        while not (self.interrupted or self.input.ended):
            chunk = await self.receive()
            if chunk is not None:
                yield chunk

    async def pause(self, seconds: float | None) -> None:
        """Wait; shorter when interrupted. None waits for the interruption only."""
        await self.clock.wait(self._interrupt, seconds)

    async def send(self, chunk: Chunk) -> None:
        """Pass `chunk` on, waiting while what follows is full. After `close` it falls on the ground."""
        if not self.closed:
            self.sent_bytes += len(chunk.data)
            await self.output.put(chunk)

    def close(self) -> None:
        """End the stream here: what was sent still arrives, then this direction's far end is closed."""
        if not self.closed:
            self.closed = True
            self.output.close()

    # For the link.

    async def run(self) -> None:
        """Run the toxic until the stream ends, or until the stub is removed and holds nothing any more."""
        while not (self.closed or self.removed):
            self._interrupt.clear()
            self.input.settle()
            await self._pipe()
            if not self.interrupted:
                self.close()
        if not self.closed:
            await self._drain()

    def update(self) -> None:
        """The toxic's settings or toxicity have changed."""
        self.acting = self._draw()
        self._stir()

    def remove(self) -> None:
        """The toxic was taken away from the proxy."""
        if self.acting and self.placed.toxic.closes_when_removed:
            self.close()
        self.removed = True
        self._stir()

    def _draw(self) -> bool:
        # Drawn for a toxicity of 0 or 1 too: so a changed toxicity does not shift what comes after it.
        return self.chance.random() < self.placed.toxicity

    def _stir(self) -> None:
        self._interrupt.set()
        self.input.nudge()

    async def _pipe(self) -> None:
        if self.acting:
            await self.placed.toxic.pipe(self)
        else:
            async for chunk in self.chunks():
                await self.send(chunk)

    async def _drain(self) -> None:
        while not self.input.idle:
            chunk = await self.input.next()
            if chunk is None:
                self.close()
                return
            await self.send(chunk)
        self._left(self)
