"""The hubs: who is let in, how much processor that takes, and the log's newest number at each. Node 0 is the top."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from alerts import limits
from client.backoff import TOLD_SECONDS_MAX
from netsim.virtual.fleet.gate import Gate
from netsim.virtual.fleet.scenario import Scenario

LEFT_FOR_ANSWERS = 0.25
"""Of the processor: what the answers to upgrades get at least, however much there is to send."""


class Hubs:
    """All hubs and relays of a tree. The processor is counted anew in each second `now`."""

    def __init__(self, scenario: Scenario, chance: np.random.Generator) -> None:
        self.scenario = scenario
        count = scenario.tree.nodes
        lowest = scenario.tree.levels[-1]
        each = [scenario.tree.fanout] * (count - lowest) + [math.ceil(scenario.devices / lowest)] * lowest
        meant = type(scenario.limits)().device_connections_max
        self.cores = [scenario.cores or float(math.ceil(devices / meant)) for devices in each]
        """Unless it is said: one for each 20,000 devices, the most that one hub takes by itself."""
        self.gates = [Gate(scenario.limits, chance, scenario.admission, scenario.begin_s) for _ in range(count)]
        self.is_up = [True] * count
        self.held: npt.NDArray[np.int64] = np.zeros(count, np.int64)
        self.head = [0] * count
        self.sending_until = [0.0] * count
        self.asked_max = [0] * count
        self.admitted_max = [0] * count
        self.needed_max = [0.0] * count
        """Cores that were asked for in the busiest second."""
        self.held_max = np.zeros(count, np.int64)
        self._left = [(-1.0, 0.0)] * count

    def end_second(self) -> None:
        """Note the most that were connected."""
        np.maximum(self.held_max, self.held, out=self.held_max)

    def keepalive_cores(self, connections: int) -> float:
        """What the keep-alives of so many connections take."""
        return connections / limits.KEEPALIVE_SECONDS * self.scenario.costs.ping_s

    def _left_for_answers(self, node: int, now: float) -> float:
        """What keep-alives, a running round of alerts and earlier answers of this second leave of the processor."""
        second, left = self._left[node]
        if second != now:
            cores = self.cores[node]
            sending = cores if self.sending_until[node] > now else 0.0
            left = max(cores - self.keepalive_cores(int(self.held[node])) - sending, LEFT_FOR_ANSWERS * cores)
        return left

    def answer(self, node: int, count: int, now: float) -> tuple[int, int]:
        """`count` ask to come in: how many may, and how many are refused; the rest gets no answer."""
        costs, left = self.scenario.costs, self._left_for_answers(node, now)
        within = min(count, int(left / costs.upgrade_s))
        admitted = self.gates[node].admit(within, int(self.held[node]), now)
        left -= admitted * costs.upgrade_s
        refused = 0 if admitted == within else min(count - admitted, int(left / costs.refusal_s))
        self._left[node] = (now, left - refused * costs.refusal_s)
        self.asked_max[node] = max(self.asked_max[node], count)
        self.admitted_max[node] = max(self.admitted_max[node], admitted)
        needed = admitted * costs.upgrade_s + (count - admitted) * costs.refusal_s
        self.needed_max[node] = max(self.needed_max[node], needed)
        return admitted, refused

    def send_round(self, node: int, count: int, now: float) -> npt.NDArray[np.float64]:
        """When each of `count` connections is written an alert to, one after the other."""
        each_s = self.scenario.costs.alert_s / self.cores[node]
        begins = max(now, self.sending_until[node])
        self.sending_until[node] = begins + count * each_s
        return np.asarray(begins + np.arange(count) * each_s, dtype=np.float64)

    def goodbye_round(self, node: int, count: int, now: float) -> npt.NDArray[np.float64]:
        """When each of `count` connections is told goodbye, one after the other."""
        return np.asarray(now + np.arange(count) * (self.scenario.costs.goodbye_s / self.cores[node]), dtype=np.float64)

    def booked_goodbyes(self, count: int, at_least_s: int) -> npt.NDArray[np.int64]:
        """The proposal for a goodbye: a turn to come back for each connection, at the rate at which they may."""
        turns = self.gates[0].booking.every_s * np.arange(count)
        return np.asarray(np.minimum(at_least_s + np.ceil(turns), TOLD_SECONDS_MAX), dtype=np.int64)

    def stop(self, node: int) -> None:
        """It no longer listens, and has no connections."""
        self.is_up[node] = False
        self.held[node] = 0
        self.sending_until[node] = 0.0

    def start(self, node: int, now: float) -> None:
        """It listens, with a full bucket."""
        self.is_up[node] = True
        self.gates[node].restart(now)
