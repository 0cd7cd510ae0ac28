"""Faults that are a middlebox: what is drawn for them, and what is given."""

from __future__ import annotations

import random
from typing import Any

import pytest

from netsim.faults.in_front import InFront
from netsim.faults.table import FAULTS, make
from netsim.middleboxes.kinds import KINDS
from netsim.middleboxes.upstream import Upstream


class Front:
    """Makes the middlebox, without starting it."""

    def __init__(self) -> None:
        self.made: list[tuple[str, int, dict[str, Any]]] = []

    def put_in_front(self, kind: str, seed: int, **options: Any) -> None:
        KINDS[kind](Upstream("127.0.0.1", 1), random.Random(seed), **options)
        self.made.append((kind, seed, options))


@pytest.mark.parametrize("name", [name for name, kind in FAULTS.items() if issubclass(kind, InFront)])
def test_what_is_drawn_fits_the_middlebox_and_comes_from_the_seed(name: str) -> None:
    def drawn(seed: int) -> list[tuple[str, int, dict[str, Any]]]:
        front: Any = Front()
        chance = random.Random(seed)
        for _ in range(10):
            found = make(name)
            assert isinstance(found, InFront)
            found.begin_on(front, chance)
            assert all(str(value) in found.words for value in front.made[-1][2].values())
        return list(front.made)

    assert drawn(1) == drawn(1) != drawn(2)


def test_what_is_given_is_not_drawn() -> None:
    front: Any = Front()
    for seed in range(5):
        found = make("captive-portal", answer="page")
        assert isinstance(found, InFront)
        found.begin_on(front, random.Random(seed))
    assert {made[2]["answer"] for made in front.made} == {"page"}
