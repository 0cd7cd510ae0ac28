"""Whole histories of a hub and its devices, chosen and shortened by hypothesis: after every step what must always hold holds.

The same operations as `tocsin-netsim sim` draws by chance; here the search remembers what was worth trying, and a failure
comes as the shortest history that still fails.
"""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from netsim.virtual.schedule import CHANCES
from netsim.virtual.world import World

CHOICES = st.integers(0, 2**32 - 1)


class Histories(RuleBasedStateMachine):
    """One rule for each operation; the judge of the simulation looks after each of them, and at rest."""

    def __init__(self) -> None:
        super().__init__()
        self.world: World | None = None

    @initialize(seed=st.integers(0, 2**16))
    def begins(self, seed: int) -> None:
        self.world = World(seed)

    def teardown(self) -> None:
        if self.world is not None:
            self.world.come_to_rest()


def _operation(name: str) -> Any:
    def step(self: Histories, choice: int) -> None:
        assert self.world is not None
        self.world.run_one((name, choice))

    step.__name__ = name
    return rule(choice=CHOICES)(step)


for _name in CHANCES:
    setattr(Histories, _name, _operation(_name))

Histories.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
TestHistories = Histories.TestCase
