"""The virtual hub: what a kill takes, what a commit keeps, and who wins of two connections."""

from __future__ import annotations

import random

from alerts.audience import Audience, Reader
from alerts.session.commits import ReadStand, Refusal, TakeUplink
from alerts.session.log import Draft
from alerts.wire.codec import Codec
from alerts.wire.frames import Goodbye, Resume
from alerts.wire.handshake import Hello, pack_hello
from alerts.wire.items import Purpose, Urgency
from netsim.virtual.clock import START, YEAR, HubWall, VirtualClock
from netsim.virtual.hub import VirtualHub
from netsim.virtual.network import Link
from netsim.virtual.trace import Trace


def hub() -> VirtualHub:
    made = VirtualHub(HubWall(VirtualClock()), random.Random(1), Codec(), Trace(is_on=False, time=lambda: 0))
    reader = Reader("d0", ("KE",))
    made.take_up_move(*made.commit_move(reader), reader)
    return made


def draft(key: str, life_s: int = 100) -> Draft:
    return Draft(key, Purpose.ALERT, Audience(everyone=True), (), Urgency.ORDINARY, int(START) + life_s)


def test_what_is_committed_outlives_a_kill_that_comes_before_it_is_taken_up() -> None:
    made = hub()
    entry = made.commit_alert(draft("a"))
    made.kill()
    made.start()
    assert made.log.at(entry.number) == entry
    assert made.log.path.newest() != entry.epoch


def test_claims_are_lost_with_the_process_until_they_are_written() -> None:
    made = hub()
    made.accept(Link(1), "d0", pack_hello(Hello(5, Resume(0, 0))))
    assert made.claim("d0").opening == 5
    made.kill()
    assert made.claim("d0").opening == 0
    made.start()
    made.accept(Link(2), "d0", pack_hello(Hello(6, Resume(0, 0))))
    made.write_claims()
    made.kill()
    assert made.claim("d0").opening == 6


def test_the_newest_connection_of_an_opening_wins_and_two_openings_live_side_by_side() -> None:
    made = hub()
    links = [Link(number) for number in range(3)]
    for link, opening in zip(links, (5, 7, 5), strict=True):
        made.accept(link, "d0", pack_hello(Hello(opening, Resume(0, 0))))
    assert set(made.ends) == {1, 2}
    last = links[0].down.arrive(10_000)[-1]
    assert isinstance(Codec().decode(last), Goodbye)


def test_a_clock_that_is_set_begins_an_epoch_forgets_what_is_over_and_finds_it_again() -> None:
    made = hub()
    made.take_up(made.commit_alert(draft("a")))
    link = Link(1)
    made.accept(link, "d0", pack_hello(Hello(5, Resume(0, 0))))
    made.set_clock(YEAR)
    assert made.log.find("a") is None
    assert not made.ends
    made.set_clock(0)
    assert made.log.find("a") is not None
    assert len(made.store.path) == 3


def test_an_update_inherits_from_what_only_the_store_still_has() -> None:
    made = hub()
    made.take_up(made.commit_alert(draft("a")))
    made.set_clock(YEAR)
    update = Draft("b", Purpose.UPDATE, Audience(areas=("UG",)), ("a",), Urgency.ORDINARY, int(START) + 2 * YEAR)
    assert made.commit_alert(update).reach == (Audience(areas=("UG",)), Audience(everyone=True))


def test_uplink_items_are_taken_once_and_gaps_are_not() -> None:
    made = hub()
    items = ((1, b"seen"), (2, b"!report"))
    assert made._commit("d0", TakeUplink(9, 3, 4, ())).gap
    taken = made._commit("d0", TakeUplink(9, 0, 2, items))
    assert taken.outboxes == ((9, 2),)
    assert taken.refusals == (Refusal(2, 1, "a stale form"),)
    assert made._commit("d0", TakeUplink(9, 0, 2, items)).refusals == ()
    assert made._commit("d0", ReadStand((9, 8))).outboxes == ((9, 2), (8, 0))
    assert len(made.store.taken) == 2


def test_a_copy_of_the_store_is_apart() -> None:
    made = hub()
    copy = made.store.copy()
    made.take_up(made.commit_alert(draft("a")))
    made._commit("d0", TakeUplink(9, 0, 1, ((1, b"seen"),)))
    assert (copy.head, copy.entries, copy.taken) == (1, [], {})
