"""A session with the store that it commits to, fed by hand."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from alerts.dictionary.shipped import shipped
from alerts.errors import RemoteProtocolError
from alerts.session.claim import Claim
from alerts.session.goodbye import Reason
from alerts.session.session import HubSession
from alerts.wire import frames
from alerts.wire.codec import Codec
from alerts.wire.frames import Goodbye
from alerts.wire.uplink import Answer, ReceiptState
from client.conversation import Conversation, Turn
from client.dictionaries import Offered
from client.events import AlertArrived, AnswerStored, ReceiptsStored
from client.store import Store, StoreError
from tests.support.clocks import TestClock
from tests.support.device_store import open_store
from tests.support.questions import YES_NO
from tests.support.small_hub import DEVICE, NOW, SmallHub, make_alert


class Pair:
    """A device's conversation and a hub's session, joined by hand."""

    def __init__(self, folder: Path) -> None:
        self.clock = TestClock()
        self.store: Store = open_store(folder, clocks=self.clock.clocks())
        self.hub = SmallHub()

    def connect(self) -> Iterator[Turn]:
        """Talk until neither side has more to say."""
        self.device = Conversation(self.store, self.clock.clocks(), 55)
        self.at_hub = HubSession(
            self.hub.log, DEVICE, self.device.hello, Claim(), self.hub.encoder, Codec(), now=NOW, clock=0
        )
        yield from self.talk()

    def talk(self, *up: bytes) -> Iterator[Turn]:
        waiting = list(up)
        down = self.at_hub.messages()
        while down or waiting:
            for message in down:
                turn = self.device.receive(message, self.clock.at)
                waiting += turn.messages
                yield turn
            for message in waiting:
                command = self.at_hub.receive(message, NOW, 0)
                if command is not None:
                    self.at_hub.done(command, self.hub.take(command), NOW, 0)
            waiting, down = [], self.at_hub.messages()


def test_a_message_is_committed_before_it_is_answered(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    pair.hub.publish(make_alert("a"))
    turns = list(pair.connect())
    assert [type(event) for turn in turns for event in turn.events] == [AlertArrived]
    assert turns[-1].is_caught_up
    assert pair.at_hub.claim.cursor == 2
    assert pair.store.standing().cursor == 2


def test_the_welcome_gives_the_hubs_time(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    turns = list(pair.connect())
    assert turns[0].is_welcome
    pair.clock.at += 5
    assert pair.store.hub_time().now == NOW + 5


def test_that_an_opening_was_welcomed_is_kept_before_it_says_anything(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    pair.hub.publish(make_alert("a"))
    first = next(pair.connect())
    assert first.is_welcome
    assert not first.messages
    assert pair.store.standing().welcomed == pair.store.opening
    assert pair.device.hello.before == 0


def test_what_is_over_counts_as_had_when_the_store_is_opened_again_and_not_of_a_copy(tmp_path: Path) -> None:
    pair = Pair(tmp_path / "device")
    pair.hub.publish(make_alert("a"))
    list(pair.connect())
    row, entry = pair.at_hub.claim, pair.hub.log.find("hub.example,a")
    assert entry is not None
    copied = copytree(tmp_path / "device", tmp_path / "copy")
    pair.hub.publish(make_alert("b", msg_type="Update", references="a"))

    def claim(folder: Path, seed: int, row: Claim) -> Claim:
        store = open_store(folder, seed=seed, clocks=pair.clock.clocks())
        hello = Conversation(store, pair.clock.clocks(), 55).hello
        session = HubSession(pair.hub.log, DEVICE, hello, row, pair.hub.encoder, Codec(), now=NOW, clock=0)
        store.welcome(NOW)
        store.close()
        return session.claim

    pair.store.close()
    again = claim(tmp_path / "device", 2, row)
    assert again.has(entry.number, entry.expires, NOW)
    assert not claim(copied, 3, again).has(entry.number, entry.expires, NOW)
    assert not claim(tmp_path / "device", 4, Claim(3, again.epoch, 2, 2)).has(entry.number, entry.expires, NOW)


def test_it_is_not_caught_up_while_anything_is_missing(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    list(pair.connect())
    for number in range(20):
        pair.hub.publish(make_alert(f"a{number}"))
    turns = list(pair.connect())
    behind = [turn.is_caught_up for turn in turns if turn.events]
    assert behind == [False] * (len(behind) - 1) + [True]
    assert len(behind) > 1


def test_what_another_process_wrote_is_sent(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    pair.hub.publish(make_alert("a"))
    list(pair.connect())
    assert pair.device.poll(pair.clock.at, is_nudged=False).messages == ()
    open_store(tmp_path, seed=2).give_receipt("a", ReceiptState.ACKNOWLEDGED)
    turn = pair.device.poll(pair.clock.at, is_nudged=False)
    assert turn.messages
    (stored,) = list(pair.talk(*turn.messages))
    assert stored.events == (ReceiptsStored(0),)
    assert len(pair.hub.taken) == 1
    pair.hub.forget_after(2)  # the hub begins another epoch, so all is compared again
    assert [event for turn in pair.connect() for event in turn.events if isinstance(event, ReceiptsStored)] == []


def test_an_answer_is_told_when_the_hub_has_it(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    pair.hub.publish(make_alert("a", question=YES_NO))
    list(pair.connect())
    pair.store.give_answer("a", True)
    turn = pair.device.poll(pair.clock.at, is_nudged=True)
    (stored,) = list(pair.talk(*turn.messages))
    assert stored.events == (ReceiptsStored(0), AnswerStored(pair.store.find("a")))
    assert [answer.value for answer in pair.hub.taken.values() if isinstance(answer, Answer)] == [True]
    pair.store.give_receipt("a", ReceiptState.SEEN)
    (stored,) = list(pair.talk(*pair.device.poll(pair.clock.at, is_nudged=True).messages))
    assert stored.events == (ReceiptsStored(0),), "it is told once"


def test_a_dead_link_is_noticed_and_half_a_message_is_not_dead(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    list(pair.connect())
    heard_at = pair.clock.at
    pair.clock.at += 54
    assert pair.device.poll(heard_at, is_nudged=False).messages == ()
    pair.clock.at += 1
    assert len(pair.device.poll(heard_at, is_nudged=False).messages) == 1, "a ping"
    pair.clock.at += 19
    assert not pair.device.poll(heard_at, is_nudged=False).is_dead
    heard_at = pair.clock.at
    pair.clock.at += 19
    assert not pair.device.poll(heard_at, is_nudged=False).is_dead
    pair.clock.at += 36
    assert len(pair.device.poll(heard_at, is_nudged=False).messages) == 1
    pair.clock.at += 20
    assert pair.device.poll(heard_at, is_nudged=False).is_dead


def test_a_text_message_breaks_the_protocol(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    list(pair.connect())
    with pytest.raises(RemoteProtocolError, match="text"):
        pair.device.receive("hello", pair.clock.at)


def test_the_hubs_goodbye_ends_it(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    list(pair.connect())
    pair.at_hub.goodbye(Reason.STOPPING)
    (turn,) = list(pair.talk())
    assert isinstance(turn.ended, Goodbye)
    assert pair.device.goodbye(Reason.DONE) == ()


def test_a_roll_call_that_is_asked_for_repairs_the_inbox(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    pair.hub.publish(make_alert("a"))
    list(pair.connect())
    pair.store._database._db.execute_sql("UPDATE alert SET listed = 0")
    turn = pair.device.ask_roll_call()
    turns = list(pair.talk(*turn.messages))
    assert pair.store.find("a").is_in_force
    assert turns[-1].is_caught_up


def test_a_roll_call_that_is_under_way_is_the_one_that_is_asked_for(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    pair.hub.publish(make_alert("a"))
    talk = pair.connect()
    while not pair.store.standing().owes:
        next(talk)
    assert pair.device.ask_roll_call().messages == ()
    assert list(talk)[-1].is_caught_up


def test_what_cannot_be_committed_is_not_confirmed(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    list(pair.connect())
    pages = pair.store._database._db.execute_sql("PRAGMA page_count").fetchone()[0]
    pair.store._database._db.execute_sql(f"PRAGMA max_page_count={pages}")
    chance = random.Random(1)
    pair.hub.publish(make_alert("a", text="".join(chance.choice("abcdefgh ") for _ in range(50_000))))
    pair.at_hub.wake(NOW, 0)
    with pytest.raises(StoreError, match="full"):
        list(pair.talk())
    assert pair.device.goodbye(Reason.STORE_FAILED)
    assert pair.at_hub.claim.cursor == 1
    pair.store._database._db.execute_sql("PRAGMA max_page_count=100000")
    list(pair.connect())
    assert pair.store.find("a").is_in_force


def test_a_dictionary_that_the_hub_offers_is_told_with_what_it_is_compressed_behind(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    turns = list(pair.connect())
    assert turns[-1].offered is None
    offer = frames.Dictionary(bytes(6), 9000, 40, 100, 0)
    turn = pair.device.receive(Codec().encode(offer), pair.clock.at)
    assert turn.offered == Offered(bytes(6), 9000, 40, 100, shipped().address)
    with pytest.raises(RemoteProtocolError, match="1 named"):
        pair.device.receive(Codec().encode(frames.Dictionary(bytes(6), 9000, 40, 100, 1)), pair.clock.at)
