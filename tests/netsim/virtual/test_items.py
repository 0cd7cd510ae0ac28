"""The cheap items: what the encoder writes the decoder reads; what is poisoned says so."""

from __future__ import annotations

import pytest

from alerts.audience import Audience
from alerts.errors import RemoteProtocolError
from alerts.session.log import Entry, Form
from alerts.wire.codec import Codec
from alerts.wire.frames import Data
from alerts.wire.items import Arrival, Purpose, Urgency
from netsim.virtual.items import DEADLY, UNUSABLE, ProcessDiedError, VirtualEncoder, decode, languages_of


def entry(payload: object = "") -> Entry:
    everyone = Audience(everyone=True)
    replaces = frozenset({"a", "b"})
    return Entry(5, 9, "c", Purpose.UPDATE, everyone, (everyone,), replaces, Urgency.EXTREME, 100, 200, payload)


def test_in_full() -> None:
    raw = VirtualEncoder(Codec()).item(entry(), Form.FULL, ("fr", "en"))
    assert decode(raw, 9, 5) == Arrival("c", frozenset({"a", "b"}), Purpose.UPDATE, Urgency.EXTREME, 100)
    assert languages_of(raw) == "fr+en"


def test_a_bare_withdrawal() -> None:
    raw = VirtualEncoder(Codec()).item(entry(), Form.WITHDRAWAL, ("fr",))
    assert decode(raw, 9, 5) == Arrival(None, frozenset({"a", "b"}))
    assert languages_of(raw) == ""


def test_poison() -> None:
    encoder = VirtualEncoder(Codec())
    with pytest.raises(RemoteProtocolError):
        decode(encoder.item(entry(UNUSABLE), Form.FULL, ()), 9, 5)
    with pytest.raises(ProcessDiedError):
        decode(VirtualEncoder(Codec()).item(entry(DEADLY), Form.FULL, ()), 9, 5)


def test_the_live_frame_is_made_once() -> None:
    encoder = VirtualEncoder(Codec())
    message = encoder.live(entry(), ("en",))
    frame = Codec().decode(message)
    assert isinstance(frame, Data)
    assert (frame.after, frame.upto) == (4, 5)
    assert encoder.live(entry(), ("en",)) is message
