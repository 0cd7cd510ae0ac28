"""Lean messages are made once, refer only to what a reader surely has, and every reader can read what it is sent."""

from __future__ import annotations

from functools import cache

import pytest

from alerts.audience import Audience
from alerts.cap.from_xml import from_xml
from alerts.dictionary.shipped import shipped
from alerts.session.log import Entry, Form, Log, draft_of
from alerts.session.position import Path
from alerts.session.sender import live_frame
from alerts.wire.blocks import BlockReader
from alerts.wire.codec import Codec
from alerts.wire.dictionary import short_name
from alerts.wire.frames import Ahead, Data
from alerts.wire.lean_frames import Earlier, read_lean
from netsim.workload import load_samples
from server.push.lean import LeanEncoders, LeanVariants
from server.push.variants import LiveMessage, Variants
from server.push.websocket import frame_of
from tests.support.dictionaries import own

EPOCH = 0xABCDEF01
NOW = 1_780_000_000
ALL = ("*",)


class Place:
    """A hub's log of the first samples, its encoder, and a reader that may have any of them."""

    def __init__(self, count: int) -> None:
        self.log = Log(Path([(EPOCH, 1)]))
        self.variants = Variants(Codec())
        self.lean = LeanVariants(shipped(), self.variants, lambda: self.log)
        self._reader = BlockReader(shipped().zstd)
        for sample in load_samples()[:count]:
            alert = from_xml(sample.xml).alert
            draft = draft_of(alert, Audience(everyone=True), default_life_s=3600, payload=alert)
            self.log.append(self.log.inherit(draft))

    def entry(self, number: int) -> Entry:
        entry = self.log.at(number)
        assert entry is not None
        return entry

    def item(self, number: int) -> bytes:
        return self.variants.item(self.entry(number), Form.FULL, ALL)

    def live(self, number: int, has: set[int]) -> bytes:
        message = self.lean.live(self.entry(number), ALL, lambda entry: entry.number in has, EPOCH, NOW)
        assert message is not None
        return message

    def read(self, message: bytes, cursor: int, has: set[int]) -> Data | Ahead:
        def lookup(number: int) -> Earlier | None:
            return Earlier(EPOCH, number, self.item(number)) if number in has else None

        return read_lean(*(message, shipped(), self._reader), newest=EPOCH, now=NOW, cursor=cursor, lookup=lookup)


@cache
def _twenty() -> Place:
    return Place(20)


@pytest.mark.parametrize("number", range(1, 21))
def test_a_reader_that_has_everything_or_nothing_reads_the_new_alert(number: int) -> None:
    place = _twenty()
    for has in (set(range(1, number)), set[int]()):
        frame = place.read(place.live(number, has), number - 1, has)
        assert frame == live_frame(place.entry(number), place.item(number))


def test_an_update_is_small_for_who_has_what_it_updates_and_made_once() -> None:
    place = Place(17)
    with_all, with_none = place.live(17, set(range(1, 17))), place.live(17, set())
    assert len(with_all) < len(with_none)
    assert place.live(17, set(range(1, 17))) is with_all and place.live(17, {2}) is with_none
    for message in (with_all, with_none):
        assert isinstance(message, LiveMessage) and message.websocket_frame == frame_of(message)


def test_what_was_prepared_is_what_is_sent() -> None:
    place = Place(3)
    place.lean.prepare(place.entry(3), ALL, EPOCH, NOW)
    assert place.read(place.live(3, set()), 2, set()).items[0][0] == 3


def test_frames_of_one_reader_are_made_once_for_the_same_range() -> None:
    place = Place(20)
    frame = Data(EPOCH, 2, 9, tuple((number, place.item(number)) for number in (4, 6, 9)), 20)

    def message() -> bytes:
        made = place.lean.frame(frame, ALL, lambda _: False, EPOCH, NOW)
        assert made is not None
        return made

    assert message() is message()
    assert place.read(message(), 2, set()) == frame


def test_a_frame_refers_to_what_its_reader_has_once_the_hub_has_looked_it_through() -> None:
    place = Place(20)
    frame = Data(EPOCH, 16, 17, ((17, place.item(17)),), 20)
    alone = place.lean.frame(frame, ALL, lambda entry: entry.number == 1, EPOCH, NOW)
    place.lean.warm(ALL)
    referring = place.lean.frame(frame, ALL, lambda entry: entry.number == 1, EPOCH, NOW)
    assert alone and referring and len(referring) < len(alone)
    assert place.read(referring, 16, {1}) == frame


def test_what_has_no_lean_form_is_sent_in_another() -> None:
    place = Place(1)
    huge = Data(EPOCH, 0, 1, ((1, bytes(200_000)),), 1)
    assert place.lean.frame(huge, ALL, lambda _: True, EPOCH, NOW) is None


def test_the_best_of_the_dictionaries_that_a_device_names_is_agreed_on() -> None:
    place = Place(1)
    encoders = LeanEncoders([shipped()], place.variants, lambda: place.log)
    agreed = encoders.agree([7, short_name(shipped().address)])
    assert agreed is not None and agreed.index == 1
    assert encoders.agree([7]) is None and encoders.agree(()) is None


def test_other_dictionaries_are_used_from_then_on_and_the_encoders_of_those_that_stay_too() -> None:
    place = Place(1)
    encoders = LeanEncoders([shipped()], place.variants, lambda: place.log)
    before, other = encoders.agree([short_name(shipped().address)]), own()
    encoders.use([other, shipped()])
    after = encoders.agree([short_name(shipped().address)])
    assert before is not None and after is not None and before.encoder is after.encoder
    both = encoders.agree([short_name(shipped().address), short_name(other.address)])
    assert both is not None and both.index == 1
