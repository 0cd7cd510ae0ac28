"""The messages are those that a hub sends: a device's own decoder finds the alerts in them."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.dictionary.shipped import shipped
from alerts.session.log import Form
from alerts.wire.codec import Codec, Reading
from alerts.wire.dictionary import Dictionary
from alerts.wire.frames import Data, Stored
from alerts.wire.items import alert_of
from alerts.wire.lean_codec import LeanCodec
from alerts.wire.lean_frames import Earlier
from netsim.bench.wire import tocsin
from netsim.bench.wire.corpus import Measured
from netsim.virtual.meeting import MASK_BYTES, Meeting
from server.push.variants import Variants
from server.push.websocket import frame_of
from tests.netsim.bench.wire.samples import sample_log

SAMPLES = sample_log()
ENTRIES = [one.entry for one in SAMPLES]


def _read(messages: list[bytes], them: Sequence[Measured], dictionary: Dictionary) -> None:
    """A device that has what came before finds each alert in its message."""
    items = {one.entry.number: Variants(Codec()).item(one.entry, Form.FULL, ("*",)) for one in them}

    def lookup(number: int) -> Earlier:
        return Earlier(them[0].entry.epoch, number, items[number])

    codec = LeanCodec([dictionary], lookup)
    for message, one in zip(messages, them, strict=True):
        reading = Reading(one.entry.epoch, one.alert.sent.seconds + 5, one.entry.number - 1, dictionary.address)
        frame = codec.decode(message, reading)
        assert isinstance(frame, Data)
        ((number, raw),) = frame.items
        assert number == one.entry.number and alert_of(raw, frame.epoch, number) == one.alert


def test_a_message_says_all_that_the_alert_says() -> None:
    _read(list(tocsin.messages(ENTRIES, shipped())), SAMPLES, shipped())


def test_a_device_that_reads_one_language_is_sent_less() -> None:
    everything, english = (list(tocsin.messages(ENTRIES, shipped(), languages)) for languages in (("*",), ("en",)))
    assert sum(map(len, english)) < sum(map(len, everything))


def test_training_makes_messages_smaller_and_loses_nothing() -> None:
    dictionary = tocsin.train_on(SAMPLES[::2])
    assert dictionary is not None
    small = list(tocsin.messages(ENTRIES[1::2], dictionary))
    assert sum(map(len, small)) < sum(map(len, tocsin.messages(ENTRIES[1::2], shipped())))
    _read(small, SAMPLES[1::2], dictionary)


def test_too_few_alerts_make_no_dictionary() -> None:
    assert tocsin.train_on(SAMPLES[:1]) is None
    assert tocsin.train_on([]) is None


def test_the_answer_is_what_a_device_says() -> None:
    one = SAMPLES[0]
    assert isinstance(Codec().decode(tocsin.stored(one.entry)), Stored)
    meeting = Meeting(one.entry.expires - 1, head=one.entry.number - 1)
    meeting.connect()
    meeting.append([one.entry])
    down, up = meeting.wake()
    assert up.frame_bytes == len(frame_of(tocsin.stored(one.entry))) + MASK_BYTES
    assert down.frames[-1].alerts == 1
