"""slicer: what was read in one go arrives in pieces."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from netsim.toxiproxy.toxics.toxic import Toxic, register

if TYPE_CHECKING:
    from netsim.toxiproxy.stub import Stub


@register("slicer")
@dataclass
class Slicer(Toxic):
    """Each chunk is halved, and its halves again, until no piece is above `average_size` + `size_variation` bytes.

    Each cut lies up to `size_variation` bytes beside the middle, and `delay` microseconds follow each piece. With no
    `average_size` nothing is cut.
    """

    average_size: int = 0
    size_variation: int = 0
    delay: int = 0

    async def pipe(self, stub: Stub) -> None:
        owed_s = 0.0  # a pause can be late by more than it was to last: what it overshot is saved later
        async for chunk in stub.chunks():
            left = chunk.data
            for size in self.sizes(len(chunk.data), stub.chance):
                if stub.interrupted:
                    break
                await stub.send(replace(chunk, data=left[:size]))
                left = left[size:]
                started = stub.clock.now()
                owed_s += max(0, self.delay) / 1e6
                await stub.pause(owed_s)
                owed_s -= stub.clock.now() - started
            if left:
                await stub.send(replace(chunk, data=left))

    def sizes(self, size: int, chance: random.Random) -> Iterator[int]:
        """The sizes of the pieces of a chunk of `size` bytes, in order; none is empty."""
        variation = max(0, self.size_variation)
        if self.average_size <= 0 or size <= self.average_size + variation:
            yield size
            return
        aside = chance.randrange(2 * variation) - variation if variation else 0
        first = min(max(size // 2 + aside, 1), size - 1)
        yield from self.sizes(first, chance)
        yield from self.sizes(size - first, chance)
