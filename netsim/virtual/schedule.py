"""What happens in a run: operations with their chances, drawn from the seed. Each carries a number of its own to choose by,
so that one can be dropped without changing what the others mean."""

from __future__ import annotations

import random

Operation = tuple[str, int]
"""A name and a number: what, and which of its kinds."""

CHANCES: dict[str, int] = {
    "publish": 12,
    "burst": 1,
    "republish": 2,
    "update": 7,
    "cancel": 5,
    "move": 4,
    "languages": 2,
    "tick": 4,
    "set_clock": 2,
    "forget": 2,
    "kill_hub": 2,
    "back_up_hub": 3,
    "put_back_hub": 2,
    "write_claims": 3,
    "back_up_device": 2,
    "put_back_device": 2,
    "clone": 1,
    "kill_device": 4,
    "cut": 6,
    "leave": 1,
    "connect": 4,
    "accept": 2,
    "ask": 1,
    "alarms": 3,
    "write": 6,
    "arrive": 8,
    "work": 12,
    "serve": 8,
    "flow": 26,
}

OPERATIONS = 70
"""Operations in a run, unless told otherwise."""


def draw(seed: int, length: int = OPERATIONS) -> list[Operation]:
    """The operations of a seed."""
    rng = random.Random(seed)
    names = rng.choices(list(CHANCES), list(CHANCES.values()), k=length)
    return [(name, rng.getrandbits(32)) for name in names]
