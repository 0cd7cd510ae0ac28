"""One run: second by second, only those rows are touched that have something to do.

Once a minute all rows are looked at for who has something to do in the minute that begins; each second then looks at those
only. What happens to a whole hub (an alert, a restart) stands in a calendar.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from alerts import limits
from alerts.session.goodbye import FAREWELLS, Reason
from netsim.virtual.fleet.contacts import Contacts
from netsim.virtual.fleet.hubs import Hubs
from netsim.virtual.fleet.ledger import Ledger, Seconds
from netsim.virtual.fleet.population import NEVER, OFF, UP, WAITING, Floats, Integers, Population
from netsim.virtual.fleet.scenario import Scenario
from netsim.virtual.fleet.sizes import Sizes
from netsim.virtual.fleet.waits import Waits

MINUTE_S = 60
TOO_SLOW_AFTER_S = 3 * limits.ANSWER_SECONDS
"""When the hub gives up a connection that does not confirm an alert (alerts/session/pacing.py), beside the time for its bytes."""


@dataclass(slots=True)
class Run:
    """What is left of a run: the rows as they are at its end, the books, and what each second brought."""

    scenario: Scenario
    people: Population
    hubs: Hubs
    ledger: Ledger
    seconds: Seconds
    published_s: list[float]


class Simulation:
    """Raises nothing; the same scenario gives the same run."""

    def __init__(self, scenario: Scenario, sizes: Sizes) -> None:
        chance = np.random.Generator(np.random.PCG64(scenario.seed))
        self._scenario = scenario
        self._chance = chance
        self._people = Population(scenario, chance)
        self._hubs = Hubs(scenario, chance)
        self._ledger = Ledger(self._people)
        self._exchange = sizes.exchange
        self._contacts = Contacts(
            *(self._people, self._hubs, Waits(chance, scenario.backoff), self._ledger),
            *(sizes.heads, sizes.exchange, chance, self._relays_get),
        )
        self._connect_first()
        self._contacts.begin()
        self._calendar: list[tuple[float, int, Callable[[float], None]]] = []
        self._entries = 0
        self._published_s = [NEVER] * len(scenario.alerts_s)
        self._near: Integers = np.empty(0, np.int64)

    def run(self, second_passed: Callable[[int], None] = lambda second: None) -> Run:
        """As many hours as the scenario says; `second_passed` is told how many seconds are over."""
        scenario = self._scenario
        for number, at in enumerate(scenario.alerts_s):
            self._enter(at, lambda now, number=number: self._publish(number, now))  # type: ignore[misc]
        if scenario.cut is not None:
            self._enter(scenario.cut.at_s, self._cut)
        if scenario.restart_s is not None:
            self._enter(scenario.restart_s, self._restart)
        count = int(scenario.hours * 3600)
        seconds = Seconds.of(count)
        for second in range(count):
            self._pass(second, scenario.begin_s + second, seconds)
            second_passed(second + 1)
        self._contacts.end_of_run(scenario.begin_s + count)
        return Run(scenario, self._people, self._hubs, self._ledger, seconds, self._published_s)

    def _connect_first(self) -> None:
        """Count who is connected already, as far as there is room."""
        people, room = self._people, self._scenario.limits.device_connections_max
        held = np.bincount(people.hub[people.is_held], minlength=len(self._hubs.held))
        if self._scenario.admission != "off":
            for node in np.flatnonzero(held > room).tolist():
                people.keep_out(node, room, self._scenario.begin_s, self._chance)
                held[node] = room
        self._hubs.held += held

    def _enter(self, at: float, what: Callable[[float], None]) -> None:
        self._entries += 1
        heapq.heappush(self._calendar, (at, self._entries, what))

    def _pass(self, second: int, now: float, seconds: Seconds) -> None:
        is_changed = False
        while self._calendar and self._calendar[0][0] < now + 1:
            at, _, what = heapq.heappop(self._calendar)
            what(at)
            is_changed = True
        if is_changed or second % MINUTE_S == 0:
            self._near = self._people.due_by(now + MINUTE_S - second % MINUTE_S)
        self._move(second, now, seconds)
        self._hubs.end_second()
        seconds.connected[second] = int(self._hubs.held.sum())

    def _move(self, second: int, now: float, seconds: Seconds) -> None:
        people, contacts, near, end = self._people, self._contacts, self._near, now + 1
        due = near[people.toggle_at[near] < end]
        if len(due):
            contacts.toggle(due)
        due = near[people.outage_at[near] < end]
        if len(due):
            contacts.lose_link(due)
        due = near[people.silent_at[near] < end]
        if len(due):
            contacts.hub_hears(due)
        due = near[people.act_at[near] < end]
        if len(due):
            is_up = people.state[due] == UP
            contacts.notice(due[is_up])
            contacts.attempt(due[~is_up], seconds, second, now)

    # -- alerts -------------------------------------------------------------------------------------------------------

    def _publish(self, number: int, now: float) -> None:
        if not self._hubs.is_up[0]:
            self._enter(now + 1, lambda later: self._publish(number, later))  # nothing can be published meanwhile
            return
        people = self._people
        field = slice(0, people.devices)
        people.is_reachable[number] = (people.state[field] != OFF) & (people.out_until[field] <= now)
        self._published_s[number] = now
        self._spread(0, number, now)

    def _spread(self, node: int, number: int, now: float) -> None:
        """A node has an alert, and writes it to whoever it counts as connected."""
        people, hubs = self._people, self._hubs
        if hubs.head[node] > number or not hubs.is_up[node]:
            return
        hubs.head[node] = number + 1
        who = self._chance.permutation(np.flatnonzero((people.hub == node) & people.is_held))
        at = hubs.send_round(node, len(who), now)
        is_deaf = self._contacts.is_deaf(who, at)
        heard, at_heard = who[~is_deaf], at[~is_deaf]
        size = self._exchange.live[number]
        self._ledger.note("live", heard, self._exchange.stored, size)
        self._ledger.note("live", who[is_deaf], 0, size)
        row = people.link[heard]
        arrives = np.maximum(at_heard + people.links.delivering(row, size), people.up_at[heard])
        self._give(heard, number, arrives)
        self._give_after_outage(who[is_deaf], number, at[is_deaf])
        gone = who[is_deaf & (people.state[who] != UP)]
        given_up = now + TOO_SLOW_AFTER_S + size / limits.SLOWEST_BYTES_PER_SECOND
        people.silent_at[gone] = np.minimum(people.silent_at[gone], given_up)

    def _give_after_outage(self, who: Integers, number: int, at: Floats) -> None:
        """Who has not lost the connection by the end of an outage gets what TCP then sends again."""
        people = self._people
        lives = (people.state[who] == UP) & (people.out_until[who] > at) & (people.act_at[who] == NEVER)
        some, begun = who[lives], at[lives]
        until = people.out_until[some]
        self._give(some, number, until + (until - begun) * self._chance.random(len(some)))

    def _give(self, who: Integers, number: int, arrives: Floats) -> None:
        people = self._people
        in_order = people.cursor[who] == number
        some = who[in_order]
        people.has_at[number, some] = arrives[in_order]
        people.cursor[some] = number + 1
        people.failures[some] = 0
        self._relays_get(some[some >= people.devices], number)

    def _relays_get(self, relays: Integers, number: int) -> None:
        people = self._people
        for relay in relays.tolist():
            at = float(people.has_at[number, relay])
            self._enter(at, lambda now, relay=relay: self._relay_has(relay, number, now))  # type: ignore[misc]

    def _relay_has(self, relay: int, number: int, now: float) -> None:
        if self._people.cursor[relay] > number:  # and it was not lost on its way
            self._spread(self._people.node_of_relay(relay), number, now)

    # -- a power cut ----------------------------------------------------------------------------------------------------

    def _cut(self, now: float) -> None:
        """A region is dark, its masts too; all of it comes back in the same moment."""
        cut = self._scenario.cut
        assert cut is not None, "it stands in the calendar"
        who = np.flatnonzero(self._chance.random(self._people.devices) < cut.share)
        self._contacts.lose(who, np.full(len(who), now), np.full(len(who), cut.lasts_s))

    # -- a restart ----------------------------------------------------------------------------------------------------

    def _restart(self, now: float) -> None:
        nodes = self._scenario.tree.nodes
        which = {"top": [0], "one": [nodes - 1], "all": list(range(nodes))}[self._scenario.restarted]
        for node in which:
            self._stop(node, now)

    def _stop(self, node: int, now: float) -> None:
        """A hub stops: it says goodbye to all, or is killed. Who is out hears of neither."""
        people, hubs, contacts = self._people, self._hubs, self._contacts
        who = self._chance.permutation(np.flatnonzero((people.hub == node) & people.is_held))
        is_killed = self._scenario.stopping == "killed"
        at = np.full(len(who), now) if is_killed else hubs.goodbye_round(node, len(who), now)
        contacts.hub_hears(who)
        hubs.stop(node)
        is_deaf = contacts.is_deaf(who, at)
        self._part(who[~is_deaf], at[~is_deaf])
        self._leave_unaware(who[is_deaf & (people.state[who] == UP)], now)
        up_again = (float(at[-1]) if len(at) else now) + self._scenario.down_s
        if node:
            self._relay_stops(people.relay(node), now, up_again)
        self._enter(up_again, lambda later: hubs.start(node, later))

    def _part(self, who: Integers, at: Floats) -> None:
        """Devices hear that their hub stops."""
        people, contacts = self._people, self._contacts
        contacts.left(who, at)
        heard = at + people.links.delivering(people.link[who], self._exchange.goodbye_down)
        if self._scenario.stopping == "killed":
            contacts.failed(who, heard)
            return
        self._ledger.note("goodbye", who, 0, self._exchange.goodbye_down)
        told = FAREWELLS[Reason.STOPPING].retry_after
        assert told is not None, "a hub that stops says when to come back"
        if self._scenario.stopping == "booked":
            contacts.told(who, heard, self._hubs.booked_goodbyes(len(who), told))
        else:
            contacts.told(who, heard, np.full(len(who), told))

    def _leave_unaware(self, who: Integers, now: float) -> None:
        """Their next keep-alive that passes is answered by a machine that knows of no connection."""
        people = self._people
        finds = np.maximum(people.out_until[who], now) + self._chance.random(len(who)) * limits.KEEPALIVE_SECONDS
        people.act_at[who] = np.minimum(people.act_at[who], finds)

    def _relay_stops(self, relay: int, now: float, up_again: float) -> None:
        """A relay is one process: its connection to its parent ends with it."""
        people = self._people
        me = np.array([relay])
        if people.state[relay] == UP:
            self._contacts.left(me, np.array([now]))
            self._contacts.hub_hears(me)
        people.state[relay] = WAITING
        people.act_at[relay] = up_again
        people.failures[relay] = 0
