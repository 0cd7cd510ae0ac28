"""A new seed for a random case, which a failing test then shows."""

from __future__ import annotations

import random
import sys


def new_seed() -> int:
    """Draw one and print it: pytest shows what a failing test printed."""
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    return seed
