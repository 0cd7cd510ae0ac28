"""Several faults at once, as one."""

from __future__ import annotations

import random
from typing import Any

import pytest

from netsim.faults.both import Both
from netsim.faults.fault import CannotError, Need
from netsim.faults.kill import HubKill
from netsim.faults.link_fault import LinkFault

CHANCE = random.Random(1)


class Noted(LinkFault):
    """A fault that only writes down what is asked of it."""

    summary = "it is noted"
    needs = frozenset({Need.LINK})

    def __init__(self, name: str, notes: list[str], *, fails: bool = False) -> None:
        super().__init__()
        self.name = name
        self._notes = notes
        self._fails = fails

    def begin_on(self, front: Any, chance: random.Random) -> None:
        if self._fails:
            raise CannotError("not here")
        self._notes.append(f"{self.name} begins")

    def end_on(self, front: Any) -> None:
        self._notes.append(f"{self.name} ends")


def test_they_begin_in_their_order_and_end_the_other_way_round() -> None:
    notes: list[str] = []
    both = Both(Noted("a", notes), Noted("b", notes))
    with both.lasting_on(None, CHANCE):  # type: ignore[arg-type]  # nothing is done with it
        assert notes == ["a begins", "b begins"]
    assert notes[2:] == ["b ends", "a ends"]
    assert (both.name, both.needs) == ("a+b", frozenset({Need.LINK}))


def test_if_one_cannot_begin_those_before_it_end() -> None:
    notes: list[str] = []
    both = Both(Noted("a", notes), Noted("b", notes, fails=True))
    with pytest.raises(CannotError):
        both.begin_on(None, CHANCE)  # type: ignore[arg-type]  # nothing is done with it
    assert notes == ["a begins", "a ends"]


def test_what_is_not_of_a_link_alone_cannot_be_put_in_front_of_a_service() -> None:
    with pytest.raises(CannotError, match="hub-kill"):
        Both(Noted("a", []), HubKill()).begin_on(None, CHANCE)  # type: ignore[arg-type]  # nothing is done with it
