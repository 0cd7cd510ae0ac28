"""What all faults have in common."""

from __future__ import annotations

import random
from typing import Any

import pytest

from netsim.faults.fault import Fault, Need


class Noted(Fault):
    """Writes down what is asked of it."""

    name = "noted"
    summary = "it is noted"
    needs = frozenset({Need.DEVICE})

    def __init__(self) -> None:
        self.notes: list[tuple[str, object]] = []

    def begin(self, site: Any, target: Any, chance: random.Random) -> None:
        self.notes.append(("begin", target))

    def end(self, site: Any, target: Any) -> None:
        self.notes.append(("end", target))


def test_it_lasts_as_long_as_the_block_however_that_ends() -> None:
    fault: Any = Noted()
    with pytest.raises(ZeroDivisionError), fault.lasting("site", "device", random.Random(1)):
        assert fault.notes == [("begin", "device")]
        raise ZeroDivisionError
    assert fault.notes == [("begin", "device"), ("end", "device")]
    assert fault.words == "it is noted"
