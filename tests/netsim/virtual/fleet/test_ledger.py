"""Bytes are counted for the device, and by kind, the relays' apart."""

from __future__ import annotations

import numpy as np

from netsim.virtual.fleet.ledger import KINDS, SERIES, Kind, Ledger, Seconds
from netsim.virtual.fleet.population import Population
from netsim.virtual.fleet.scenario import Tree
from tests.netsim.virtual.fleet.worlds import scenario


def test_notes_are_added_up() -> None:
    people = Population(scenario(devices=4, tree=Tree(1, 2)), np.random.default_rng(1))
    ledger = Ledger(people)
    ledger.note("upgrade", np.array([0, 1, 4]), 300, 400)
    ledger.note("keep-alive", np.array([1, 5]), 10, 6, np.array([3, 2]))
    ledger.note("live", np.array([], np.int64), 1, 1)
    assert people.bytes.tolist() == [700, 748, 0, 0, 700, 32]
    assert ledger.kinds["upgrade"] == Kind(2, 600, 800)
    assert ledger.relay_kinds["upgrade"] == Kind(1, 300, 400)
    assert ledger.kinds["keep-alive"] == Kind(3, 30, 18)
    assert ledger.relay_kinds["keep-alive"] == Kind(2, 20, 12)
    assert ledger.kinds["live"] == Kind()
    assert set(ledger.kinds) == set(KINDS)


def test_a_row_for_each_second() -> None:
    seconds = Seconds.of(5)
    assert all(getattr(seconds, name).tolist() == [0] * 5 for name in SERIES)
