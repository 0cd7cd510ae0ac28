"""The devices as columns of arrays, one row each; the relays stand behind them, each a device of its parent.

OFF ──▶ WAITING ──▶ TRYING ──▶ UP      WAITING: until the next attempt; TRYING: a SYN was sent and none was answered yet
 ▲         ▲__________|________|       a connection that the device has lost and the hub has not noticed stays `is_held`
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netsim.virtual.fleet.habits import ALWAYS_ON, Days
from netsim.virtual.fleet.links import Links
from netsim.virtual.fleet.scenario import Scenario

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer]
Flags = npt.NDArray[np.bool_]

OFF, WAITING, TRYING, UP = range(4)
NEVER = np.inf
ATTEMPT_SPREAD_S = 60.0
"""Over how long those are spread that begin in the middle of their attempts."""


class Population:
    """Who there is when the run begins: those that are on, with a link that is not out, are connected.

    Times are seconds since the first midnight.
    """

    def __init__(self, scenario: Scenario, chance: np.random.Generator) -> None:
        tree = scenario.tree
        self.devices = scenario.devices
        self.relays = tree.nodes - 1
        self.count = count = self.devices + self.relays
        self.links = Links([*(profile for profile, _ in scenario.links), scenario.relay_link], chance)
        self.days = Days([*scenario.habits, ALWAYS_ON], chance)
        lowest = tree.nodes - tree.levels[-1]
        self.hub: npt.NDArray[np.int16] = np.empty(count, np.int16)
        self.hub[: self.devices] = lowest + np.arange(self.devices) % tree.levels[-1]
        self.hub[self.devices :] = [tree.parent(node) for node in range(1, tree.nodes)]
        self.link = self._rows(chance, [share for _, share in scenario.links])
        self.habit = self._rows(chance, [habit.share for habit in scenario.habits])
        self._begin(chance, scenario.begin_s, len(scenario.alerts_s))

    def _rows(self, chance: np.random.Generator, shares: list[float]) -> npt.NDArray[np.uint8]:
        """A row for each device by its share; for the relays the row behind them all."""
        rows = np.full(self.count, len(shares), np.uint8)
        edges = np.cumsum(np.array(shares) / sum(shares))
        rows[: self.devices] = np.minimum(np.searchsorted(edges, chance.random(self.devices)), len(shares) - 1)
        return rows

    def _begin(self, chance: np.random.Generator, begin_s: float, alerts: int) -> None:
        count, zeros = self.count, np.zeros(self.count)
        is_on = self._switched_until(begin_s)
        is_out = chance.random(count) < self.links.share_out()[self.link]
        rest = self.links.outage_lasts(self.link) * chance.random(count)
        self.out_until: Floats = np.where(is_out, begin_s + rest, 0.0)
        self.outage_at: Floats = np.maximum(self.out_until, begin_s) + self.links.until_outage(self.link)
        is_up = is_on & ~is_out
        self.state = np.where(is_up, UP, np.where(is_on, WAITING, OFF)).astype(np.uint8)
        trying = begin_s + chance.random(count) * ATTEMPT_SPREAD_S
        self.act_at: Floats = np.where(is_on & is_out, trying, NEVER)
        self.silent_at: Floats = np.full(count, NEVER)
        """When the hub gives a connection up that the device has lost."""
        self.began_at: Floats = zeros.copy()
        self.up_at: Floats = np.full(count, float(begin_s))
        self.syns = np.zeros(count, np.uint8)
        self.failures = np.zeros(count, np.uint8)
        self.is_held: Flags = is_up.copy()
        """Whether the hub counts a connection of this device."""
        self.cursor = np.zeros(count, np.uint8)
        """How many alerts it has, or will have by what is under way."""
        self.has_at = np.full((alerts, count), np.inf, np.float32)
        """By alert: when it is stored on the device."""
        self.is_reachable = np.zeros((alerts, self.devices), np.bool_)
        """By alert: on, with a link that is not out, when it was published."""
        self.bytes = np.zeros(count, np.float64)

    def keep_out(self, node: int, room: int, now: float, chance: np.random.Generator) -> None:
        """Of who is connected at a hub when the run begins, those that it has no room for: they are in the middle of attempts."""
        who = chance.permutation(np.flatnonzero((self.hub == node) & self.is_held))[room:]
        self.is_held[who] = False
        self.state[who] = WAITING
        self.act_at[who] = now + chance.random(len(who)) * ATTEMPT_SPREAD_S

    def _switched_until(self, begin_s: float) -> Flags:
        """Who is on when the run begins; `toggle_at` is then what comes next."""
        is_on, self.toggle_at = self.days.first(self.habit)
        while len(past := np.flatnonzero(self.toggle_at < begin_s)):
            now, was_on = self.toggle_at[past], is_on[past]
            off, on = past[was_on], past[~was_on]
            self.toggle_at[off] = self.days.until_on(self.habit[off], now[was_on])
            self.toggle_at[on] = self.days.until_off(self.habit[on], now[~was_on])
            is_on[past] = ~was_on
        return is_on

    def due_by(self, end: float) -> Integers:
        """Who has anything to do before `end`."""
        due = self.toggle_at < end
        for at in (self.outage_at, self.act_at, self.silent_at):
            due |= at < end
        return np.flatnonzero(due)

    def node_of_relay(self, device: int) -> int:
        """The relay that a row behind the devices stands for."""
        return device - self.devices + 1

    def relay(self, node: int) -> int:
        """The row of a relay."""
        return self.devices + node - 1
