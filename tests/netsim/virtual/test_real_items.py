"""Real alerts in the simulation are those of the packet bench, and survive the way of the wire."""

from __future__ import annotations

from itertools import islice

from alerts.audience import Audience
from alerts.cap.model import Alert
from alerts.cap.terms import MsgType
from alerts.session.log import Entry
from alerts.wire.items import Purpose, decode_item, pack_full
from netsim.bench.hub_end import alerts_in_force
from netsim.virtual.clock import START
from netsim.virtual.real_items import drafts, following, languages_of, sample_alerts

EVERYONE = Audience(everyone=True)


def test_they_are_those_that_the_packet_bench_publishes() -> None:
    keys = [draft.key for draft in islice(drafts(EVERYONE), 40)]
    for key, xml in zip(keys, alerts_in_force(40, int(START)), strict=True):
        assert f"<identifier>{key.split(',')[1]}<".encode() in xml.replace(b"cap:", b"")
    assert len(set(keys)) == 40
    assert all(draft.expires > START for draft in islice(drafts(EVERYONE), 40))


def test_an_update_and_a_cancel_name_what_they_replace() -> None:
    alert = sample_alerts()[0]
    for kind, purpose in ((MsgType.UPDATE, Purpose.UPDATE), (MsgType.CANCEL, Purpose.CANCEL)):
        draft = following(alert, "x", kind, EVERYONE)
        assert (draft.purpose, draft.references) == (purpose, (alert.key,))
        assert draft.key != alert.key


def test_an_item_is_decoded_to_what_was_drafted() -> None:
    draft = following(sample_alerts()[0], "x", MsgType.UPDATE, EVERYONE)
    assert isinstance(draft.payload, Alert)
    entry = Entry(
        *(1, 1, draft.key, draft.purpose, EVERYONE, (EVERYONE,), frozenset(draft.references), draft.urgency),
        *(draft.expires, draft.expires, draft.payload),
    )
    raw = pack_full(
        draft.payload,
        expires=entry.expires,
        urgency=entry.urgency,
        replaces=entry.replaces,
        languages=("en",),
        hub_made=False,
    )
    arrival = decode_item(raw, 1, 1)
    assert (arrival.key, arrival.replaces, arrival.expires) == (draft.key, entry.replaces, draft.expires)
    assert languages_of(raw) == "en"
