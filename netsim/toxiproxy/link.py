"""One direction of one connection.

    source > reader > channel > stub > channel > stub > channel > writer > dest

Toxics are added at the end of the chain and may be changed and taken away while bytes flow, without losing one.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine, Sequence
from typing import Any

from netsim.toxiproxy.channel import Channel, Chunk
from netsim.toxiproxy.clock import Clock
from netsim.toxiproxy.endpoint import Endpoint
from netsim.toxiproxy.metrics import Meter
from netsim.toxiproxy.stub import Stub
from netsim.toxiproxy.toxics.toxic import PlacedToxic


class _Reader:
    """The head of the chain: what the source sends, chunk by chunk, until its end."""

    def __init__(self, source: Endpoint, clock: Clock, meter: Meter) -> None:
        self.output = Channel()
        self._source = source
        self._clock = clock
        self._meter = meter

    async def run(self) -> None:
        while data := await self._source.receive():
            self._meter.received_bytes += len(data)
            await self.output.put(Chunk(data, self._clock.now()))
        self.output.close()


class ToxicLink:
    """Carries bytes from `source` to `dest` through the toxics of `chain`.

    `chance` belongs to this link alone, so its luck does not hang on what other connections do meanwhile. `meter`
    counts what passes.
    """

    def __init__(
        self,
        source: Endpoint,
        dest: Endpoint,
        chain: Sequence[PlacedToxic],
        chance: random.Random,
        clock: Clock,
        meter: Meter,
    ) -> None:
        self._dest = dest
        self._chance = chance
        self._clock = clock
        self._meter = meter
        self._reader = _Reader(source, clock, meter)
        self._stubs: list[Stub] = []
        self._output = self._reader.output
        self._tasks: set[asyncio.Task[None]] = set()
        for placed in chain:
            self.add(placed)

    @property
    def resets(self) -> bool:
        """True when a toxic acts here that ends the connection with a TCP reset."""
        return any(stub.acting and stub.placed.toxic.resets for stub in self._stubs if not stub.removed)

    async def carry(self) -> None:
        """Carry until the stream has ended, or a toxic has ended it, or the destination is gone."""
        self._spawn(self._reader.run())
        while (chunk := await self._output.next()) is not None:
            if not await self._dest.send(chunk.data):
                break
            self._meter.sent_bytes += len(chunk.data)

    async def stop(self) -> None:
        """End every task of the link; what it holds is dropped."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def add(self, placed: PlacedToxic) -> None:
        """Put a toxic at the end of the chain."""
        before = self._before(len(self._stubs))
        source = Channel(placed.toxic.chunks_max)
        stub = Stub(placed, source, before.output, self._chance, self._clock, self._unlink)
        before.output = source
        self._stubs.append(stub)
        self._spawn(stub.run())

    def update(self, placed: PlacedToxic) -> None:
        """The toxic's settings have changed."""
        self._stub_of(placed).update()

    def remove(self, placed: PlacedToxic) -> None:
        """Take a toxic out: what it holds back goes on at once, in order."""
        self._stub_of(placed).remove()

    def _before(self, index: int) -> _Reader | Stub:
        return self._stubs[index - 1] if index else self._reader

    def _stub_of(self, placed: PlacedToxic) -> Stub:
        return next(stub for stub in self._stubs if stub.placed is placed and not stub.removed)

    def _unlink(self, stub: Stub) -> None:
        index = self._stubs.index(stub)
        self._before(index).output = stub.output
        del self._stubs[index]

    def _spawn(self, run: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(run)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
