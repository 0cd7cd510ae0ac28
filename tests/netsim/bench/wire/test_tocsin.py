"""The messages are those that a hub sends: a device's own decoder finds the alerts in them."""

from __future__ import annotations

import itertools

import msgpack
import zstandard

from alerts.wire.codec import Codec
from alerts.wire.frames import Data, Frame, Stored, from_array
from alerts.wire.items import alert_of
from netsim.bench.wire import tocsin
from netsim.bench.wire.corpus import Measured
from netsim.virtual.meeting import MASK_BYTES, Meeting
from server.push.websocket import frame_of
from tests.netsim.bench.wire.samples import sample_log

SAMPLES = sample_log()
ENTRIES = [one.entry for one in SAMPLES]


def _says(frame: Frame, one: Measured) -> bool:
    assert isinstance(frame, Data)
    ((number, raw),) = frame.items
    return number == one.entry.number and alert_of(raw, frame.epoch, number) == one.alert


def test_a_message_says_all_that_the_alert_says() -> None:
    codec = Codec()
    sent = list(tocsin.messages(ENTRIES))
    assert len(sent) == len(SAMPLES)
    assert all(_says(codec.decode(message), one) for message, one in zip(sent, SAMPLES, strict=True))


def test_a_device_that_reads_one_language_is_sent_less() -> None:
    all_of_it, english = (list(tocsin.messages(ENTRIES, languages=languages)) for languages in (("*",), ("en",)))
    assert sum(map(len, english)) < sum(map(len, all_of_it))


def test_a_dictionary_makes_messages_smaller_and_loses_nothing() -> None:
    dictionary = tocsin.train(ENTRIES[::2])
    assert dictionary is not None
    plain, small = (list(tocsin.messages(ENTRIES[1::2], given)) for given in (None, dictionary))
    assert sum(map(len, small)) < sum(map(len, plain))
    expand = zstandard.ZstdDecompressor(
        dict_data=zstandard.ZstdCompressionDict(dictionary), format=zstandard.FORMAT_ZSTD1_MAGICLESS
    )
    by_dictionary = [message[0] == 2 for message in small]
    assert any(by_dictionary)
    for message, one in zip(
        itertools.compress(small, by_dictionary), itertools.compress(SAMPLES[1::2], by_dictionary), strict=True
    ):
        assert _says(from_array(msgpack.unpackb(expand.decompress(message[1:], 1 << 20))), one)


def test_too_few_alerts_make_no_dictionary() -> None:
    assert tocsin.train(ENTRIES[:1]) is None
    assert tocsin.train([]) is None


def test_the_answer_is_what_a_device_says() -> None:
    one = SAMPLES[0]
    assert isinstance(Codec().decode(tocsin.stored(one.entry)), Stored)
    meeting = Meeting(one.entry.expires - 1, head=one.entry.number - 1)
    meeting.connect()
    meeting.append([one.entry])
    down, up = meeting.wake()
    assert up.frame_bytes == len(frame_of(tocsin.stored(one.entry))) + MASK_BYTES
    assert down.frames[-1].alerts == 1
