"""How connections come about and end, for many devices at once.

attempt ──▶ SYN ─┬─ the link is out, or the hub too busy to accept ──▶ the next SYN, or after 30 s a failure
                 ├─ the hub does not listen: refused by its machine ──▶ a failure
                 ├─ refused by admission: told when to come back
                 └─ let in ──▶ UP, and what was missed leaves behind the 101
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from alerts import limits
from client.link import GOOD_SECONDS
from client.patience import PATIENCE_SECONDS_MIN
from netsim.virtual.fleet.exchange import Exchange
from netsim.virtual.fleet.heads import Heads
from netsim.virtual.fleet.hubs import Hubs
from netsim.virtual.fleet.ledger import Ledger, Seconds
from netsim.virtual.fleet.links import SYN_TIMEOUT_S
from netsim.virtual.fleet.population import NEVER, OFF, TRYING, UP, WAITING, Flags, Floats, Integers, Population
from netsim.virtual.fleet.waits import Waits


def syn_offsets() -> Floats:
    """When one attempt sends its SYNs, in seconds after it began: each wait twice the one before, while there is time."""
    offsets = [0.0]
    wait_s = SYN_TIMEOUT_S
    while offsets[-1] + wait_s < PATIENCE_SECONDS_MIN:
        offsets.append(offsets[-1] + wait_s)
        wait_s *= 2
    return np.array(offsets)


SYN_OFFSETS_S = syn_offsets()


@dataclass(slots=True)
class Contacts:
    """All connections of a fleet. `arrived(relays, alert)` is told which relays get an alert, and when (`has_at`)."""

    people: Population
    hubs: Hubs
    waits: Waits
    ledger: Ledger
    heads: Heads
    exchange: Exchange
    chance: np.random.Generator
    arrived: Callable[[Integers, int], None]

    def begin(self) -> None:
        """Who is connected when the run begins is somewhere between two keep-alives."""
        people = self.people
        up = np.flatnonzero(people.state == UP)
        people.up_at[up] -= self.chance.random(len(up)) * limits.KEEPALIVE_SECONDS
        people.act_at[up] = self._forgotten_at(up)

    # -- attempts -----------------------------------------------------------------------------------------------------

    def attempt(self, who: Integers, seconds: Seconds, second: int, now: float) -> None:
        """Those whose time has come: who was waiting begins an attempt, who is trying sends its next SYN."""
        people = self.people
        fresh = who[people.state[who] == WAITING]
        people.began_at[fresh] = people.act_at[fresh]
        people.syns[fresh] = 0
        people.state[fresh] = TRYING
        is_out = people.out_until[who] > people.act_at[who]
        self._no_answer(who[is_out])
        self._ask(who[~is_out], seconds, second, now)

    def _no_answer(self, who: Integers) -> None:
        """A SYN was in vain: the next one that the link lets pass, or a failure when there is no more time."""
        people = self.people
        earliest = np.searchsorted(SYN_OFFSETS_S, people.out_until[who] - people.began_at[who])
        syns = np.maximum(people.syns[who] + 1, earliest)
        is_over = syns >= len(SYN_OFFSETS_S)
        going_on = who[~is_over]
        people.syns[going_on] = syns[~is_over]
        people.act_at[going_on] = people.began_at[going_on] + SYN_OFFSETS_S[syns[~is_over]]
        over = who[is_over]
        self.failed(over, people.began_at[over] + PATIENCE_SECONDS_MIN)

    def failed(self, who: Integers, at: Floats) -> None:
        """A connection came to nothing, or ended without a word: the usual backoff."""
        people = self.people
        self._wait(who, at, self.waits.after_failures(people.failures[who]))

    def told(self, who: Integers, at: Floats, told_s: Integers) -> None:
        """The hub said when to come back."""
        self._wait(who, at, self.waits.after_told(told_s))

    def _wait(self, who: Integers, at: Floats, waits: Floats) -> None:
        people = self.people
        people.state[who] = WAITING
        people.act_at[who] = at + waits
        people.failures[who] = np.minimum(people.failures[who].astype(np.int64) + 1, 255)

    def _ask(self, who: Integers, seconds: Seconds, second: int, now: float) -> None:
        if not len(who):
            return
        seconds.asked[second] += len(who)
        who = self.chance.permutation(who)
        nodes = self.people.hub[who]
        if len(self.hubs.held) > 1:
            order = np.argsort(nodes, kind="stable")
            who, nodes = who[order], nodes[order]
        edges = np.flatnonzero(np.r_[True, nodes[1:] != nodes[:-1], True])
        answers = [self._answer(int(nodes[begin]), who[begin:end], now) for begin, end in pairwise(edges)]
        let_in, refused, told, unheard, unserved = (np.concatenate(part) for part in zip(*answers, strict=True))
        seconds.answered[second] += len(let_in) + len(refused)
        seconds.admitted[second] += len(let_in)
        seconds.refused[second] += len(refused)
        self._let_in(let_in, now)
        self._refuse(refused, told, now)
        self._no_answer(unheard)
        links = self.people.links
        self.failed(unserved, self.people.act_at[unserved] + links.trips(self.people.link[unserved]))

    def _answer(self, node: int, who: Integers, now: float) -> tuple[Integers, ...]:
        """Of those that ask a hub: let in, refused, what these are told, not heard by it, and at a hub that does not listen."""
        none = who[:0]
        if not self.hubs.is_up[node]:
            return none, none, none, none, who
        admitted, refused = self.hubs.answer(node, len(who), now)
        told = self.hubs.gates[node].tell(refused, int(self.hubs.held[node]), now)
        return who[:admitted], who[admitted : admitted + refused], told, who[admitted + refused :], none

    def _refuse(self, who: Integers, told: Integers, now: float) -> None:
        people, heads = self.people, self.heads
        if not len(who):
            return
        self.ledger.note("refusal", who, heads.request, heads.refused)
        takes = people.links.connecting(people.link[who], heads.request, heads.refused)
        is_late = now + takes - people.began_at[who] > PATIENCE_SECONDS_MIN
        self.told(who[~is_late], (now + takes)[~is_late], told[~is_late])
        self.failed(who[is_late], people.began_at[who[is_late]] + PATIENCE_SECONDS_MIN)

    def _let_in(self, who: Integers, now: float) -> None:
        people, heads = self.people, self.heads
        if not len(who):
            return
        greeting = self.exchange.catchups[0]
        self.ledger.note("upgrade", who, heads.request + greeting.bytes_up, heads.accepted + greeting.bytes_down)
        takes = people.links.connecting(people.link[who], heads.request, heads.accepted + greeting.bytes_down)
        is_late = now + takes - people.began_at[who] > PATIENCE_SECONDS_MIN
        late, fine = who[is_late], who[~is_late]
        self.failed(late, people.began_at[late] + PATIENCE_SECONDS_MIN)
        new = fine[~people.is_held[fine]]
        self.hubs.held += np.bincount(people.hub[new], minlength=len(self.hubs.held))
        people.is_held[fine] = True
        people.silent_at[fine] = NEVER
        people.state[fine] = UP
        people.up_at[fine] = now + takes[~is_late]
        people.act_at[fine] = self._forgotten_at(fine)
        self._catch_up(fine)

    def _catch_up(self, who: Integers) -> None:
        """What was missed follows the 101, as the sessions have it."""
        heads = np.array(self.hubs.head)[self.people.hub[who]]
        for head in np.unique(heads).tolist():
            self._catch_up_to(head, who[heads == head])

    def _catch_up_to(self, head: int, who: Integers) -> None:
        people = self.people
        for missed in range(1, head + 1):
            some = who[people.cursor[who] == head - missed]
            if not len(some):
                continue
            catchup, greeting = self.exchange.catchups[missed], self.exchange.catchups[0]
            self.ledger.note("catch-up", some, catchup.bytes_up, catchup.bytes_down - greeting.bytes_down)
            row = people.link[some]
            trips = people.links.trips(row)
            for number, (flight, size) in enumerate(catchup.arrives, head - missed):
                sending = people.links.sending_down(row, size - greeting.bytes_down)
                people.has_at[number, some] = people.up_at[some] + (flight - 1) * trips + sending
            people.cursor[some] = head
            people.failures[some] = 0  # what brought anything was good
            relays = some[some >= people.devices]
            for number in range(head - missed, head):
                self.arrived(relays, number)

    def _forgotten_at(self, who: Integers) -> Floats:
        """When a device notices that a translator on the way has forgotten its connection before the first keep-alive."""
        links, row = self.people.links, self.people.link[who]
        noticed = np.where(links.is_forgotten_by_reset[row], links.round_trip_s[row], limits.ANSWER_SECONDS)
        forgets = links.forgets_s[row] < limits.KEEPALIVE_SECONDS
        return np.where(forgets, self.people.up_at[who] + limits.KEEPALIVE_SECONDS + noticed, NEVER)

    def is_deaf(self, who: Integers, at: Floats) -> Flags:
        """Whether what the hub sends these devices at these times is lost on the way."""
        people, forgets = self.people, self.people.links.forgets_s[self.people.link[who]]
        is_forgotten = (forgets < limits.KEEPALIVE_SECONDS) & (at - people.up_at[who] > forgets)
        return np.asarray((people.state[who] != UP) | (people.out_until[who] > at) | is_forgotten)

    # -- ends ---------------------------------------------------------------------------------------------------------

    def left(self, who: Integers, at: Floats) -> None:
        """Connections are over for these devices: what had not arrived does not, and their keep-alives are counted."""
        people = self.people
        self._count_keepalives(who, at)
        for number in range(len(people.has_at)):
            on_its_way = who[(people.has_at[number, who] > at) & (people.cursor[who] > number)]
            people.has_at[number, on_its_way] = np.inf
            people.cursor[on_its_way] = np.minimum(people.cursor[on_its_way], number)
        was_good = at - people.up_at[who] >= GOOD_SECONDS
        people.failures[who[was_good]] = 0

    def _count_keepalives(self, who: Integers, at: Floats) -> None:
        people = self.people
        every_s = limits.KEEPALIVE_SECONDS + people.links.round_trip_s[people.link[who]]
        pings = np.maximum((at - people.up_at[who]) / every_s, 0).astype(np.int64)
        self.ledger.note("keep-alive", who, self.exchange.ping, self.exchange.pong, pings)

    def hub_hears(self, who: Integers) -> None:
        """The hub learns that these connections are over."""
        people = self.people
        held = who[people.is_held[who]]
        people.is_held[held] = False
        people.silent_at[held] = NEVER
        self.hubs.held -= np.bincount(people.hub[held], minlength=len(self.hubs.held))

    def hub_hears_nothing(self, who: Integers, at: Floats) -> None:
        """The hub learns nothing: it gives them up when it has not heard of them for long."""
        people = self.people
        held = people.is_held[who]
        last_heard = at - self.chance.random(len(who)) * limits.KEEPALIVE_SECONDS
        people.silent_at[who[held]] = (last_heard + limits.SILENT_SECONDS)[held]

    def notice(self, who: Integers) -> None:
        """Devices notice that their connection is dead (the hub does not, unless it is what ended it)."""
        people = self.people
        at = people.act_at[who]
        self.left(who, at)
        self.hub_hears_nothing(who, at)
        self.failed(who, at)

    def end_of_run(self, end: float) -> None:
        """The keep-alives of who is still connected."""
        up = np.flatnonzero(self.people.state == UP)
        self._count_keepalives(up, np.full(len(up), end))

    # -- power and outages --------------------------------------------------------------------------------------------

    def toggle(self, who: Integers) -> None:
        """Devices are switched on or off."""
        people = self.people
        at = people.toggle_at[who]
        is_on = people.state[who] == OFF
        on, off = who[is_on], who[~is_on]
        people.state[on] = WAITING
        people.act_at[on] = at[is_on]
        people.failures[on] = 0
        people.toggle_at[on] = people.days.until_off(people.habit[on], at[is_on])
        self._switch_off(off, at[~is_on])

    def _switch_off(self, who: Integers, at: Floats) -> None:
        people = self.people
        is_up = people.state[who] == UP
        up = who[is_up]
        self.left(up, at[is_up])
        polite = people.days.says_goodbye[people.habit[up]] & ~self.is_deaf(up, at[is_up])
        self.ledger.note("goodbye", up[polite], self.exchange.goodbye_up, 0)
        self.hub_hears(up[polite])
        self.hub_hears_nothing(up[~polite], at[is_up][~polite])
        people.state[who] = OFF
        people.act_at[who] = NEVER
        people.toggle_at[who] = people.days.until_on(people.habit[who], at)

    def lose_link(self, who: Integers) -> None:
        """Outages begin, each link's own."""
        people = self.people
        at, row = people.outage_at[who], people.link[who]
        lasts = people.links.outage_lasts(row)
        self.lose(who, at, lasts)
        people.outage_at[who] = at + lasts + people.links.until_outage(row)

    def lose(self, who: Integers, at: Floats, lasts: Floats) -> None:
        """Links are out; a connection dies of an outage that outlasts the answer to its next keep-alive."""
        people = self.people
        people.out_until[who] = np.maximum(people.out_until[who], at + lasts)
        dead_after = self.chance.random(len(who)) * limits.KEEPALIVE_SECONDS + limits.ANSWER_SECONDS
        dies = (people.state[who] == UP) & (dead_after < lasts)
        people.act_at[who[dies]] = np.minimum(people.act_at[who], at + dead_after)[dies]
