"""A device's codec reads lean frames once a dictionary is agreed on, and says when it cannot."""

from __future__ import annotations

import pytest

from alerts.errors import LeanFrameError, RemoteProtocolError
from alerts.wire.codec import Codec, Reading
from alerts.wire.frames import Ping
from alerts.wire.lean_codec import LeanCodec
from tests.support.lean import DICTIONARY, EPOCH, NOW, earlier, live, written

READING = Reading(EPOCH, NOW, 2, DICTIONARY.address)


def test_a_lean_frame_is_read_where_a_dictionary_was_agreed_on() -> None:
    message = written(live(3), 2)
    assert LeanCodec([DICTIONARY], earlier).decode(message, READING) == live(3)
    for codec, reading in ((LeanCodec([DICTIONARY], earlier), None), (Codec(), READING)):
        with pytest.raises(RemoteProtocolError, match="not agreed on"):
            codec.decode(message, reading)


def test_what_it_cannot_read_lean_it_says_so() -> None:
    with pytest.raises(LeanFrameError, match="not here"):
        LeanCodec([DICTIONARY], lambda _: None).decode(written(live(3), 2), READING)


def test_other_messages_are_read_as_ever() -> None:
    codec = LeanCodec([DICTIONARY], earlier)
    assert codec.decode(Codec().encode(Ping(7)), READING) == Ping(7)
    with pytest.raises(RemoteProtocolError, match="encoding 9"):
        codec.decode(b"\x09\x00", READING)
