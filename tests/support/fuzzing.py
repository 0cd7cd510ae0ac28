"""Damaged inputs for tests of decoders: a little coverage without a fuzzer."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

_EDGES = (0x00, 0x7F, 0x80, 0xFF)


def damaged(inputs: Iterable[bytes], count: int, seed: int) -> Iterator[bytes]:
    """So many inputs with a few bytes changed, cut out or put in; the same for the same seed."""
    chance, good = random.Random(seed), list(inputs)
    for _ in range(count):
        data = bytearray(chance.choice(good))
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(data) + 1)
            how = chance.random()
            if how < 0.6 and at < len(data):
                data[at] = chance.choice((*_EDGES, chance.randrange(256)))
            elif how < 0.8:
                del data[at : at + chance.randint(1, 4)]
            else:
                data[at:at] = chance.randbytes(chance.randint(1, 3))
        yield bytes(data)
