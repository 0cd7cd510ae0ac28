"""Faults of a link, with and without a site."""

from __future__ import annotations

import random
from typing import Any

from netsim.faults.cut import Cut

CHANCE = random.Random(1)


class Front:
    """Writes down what is asked of its link."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    @property
    def link(self) -> Any:
        return self

    def cut(self) -> None:
        self.asked.append("cut")

    def heal(self) -> None:
        self.asked.append("heal")


def test_it_lasts_as_long_as_the_block_however_that_ends() -> None:
    front: Any = Front()
    try:
        with Cut().lasting_on(front, CHANCE):
            assert front.asked == ["cut"]
            raise ZeroDivisionError
    except ZeroDivisionError:
        assert front.asked == ["cut", "heal"]


def test_ending_what_has_not_begun_does_nothing() -> None:
    nothing: Any = None
    Cut().end(nothing, nothing)
