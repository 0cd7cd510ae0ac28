"""Items of the downlink: what they are to the inbox, and the alert inside."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import limits
from alerts.cap.model import Alert
from alerts.errors import RemoteProtocolError
from alerts.wire.items import (
    PURPOSES,
    Arrival,
    Purpose,
    Urgency,
    alert_of,
    decode_item,
    hub_identifier,
    pack_full,
    pack_withdrawal,
)
from alerts.wire.packing import pack, unpack
from tests.vectors import samples

SENT = samples.alert(samples.UPDATE).sent.seconds


def _pack(alert: Alert, replaces: frozenset[str] = frozenset(), **more: Any) -> bytes:
    said = {"expires": SENT + 60, "urgency": Urgency.SEVERE, "languages": ("*",), "hub_made": False, **more}
    return pack_full(alert, replaces=replaces, **said)


def test_an_alert_comes_back_whole() -> None:
    alert = samples.alert(samples.EVERYTHING)
    assert alert_of(_pack(alert), 1, 1) == alert


def test_what_an_update_is_to_the_inbox() -> None:
    older = f"{samples.SENDER},boil-1"
    raw = _pack(samples.alert(samples.UPDATE), frozenset({older, f"{samples.SENDER},boil-7"}))
    replaced = frozenset({older, f"{samples.SENDER},boil-7"})
    assert decode_item(raw, 1, 1) == Arrival(
        f"{samples.SENDER},boil-8", replaced, Purpose.UPDATE, Urgency.SEVERE, SENT + 60
    )
    assert len(unpack(raw)) == 5, "only what its references do not say"
    assert unpack(raw)[4] == [older]


def test_an_alert_never_replaces_itself() -> None:
    alert = samples.alert(samples.UPDATE)
    assert alert.key not in decode_item(_pack(alert, frozenset({alert.key, "s,old"})), 1, 1).replaces


def test_a_notice_replaces_nothing_though_it_refers() -> None:
    arrival = decode_item(_pack(samples.alert(samples.NOTICE)), 1, 1)
    assert (arrival.purpose, arrival.replaces) == (Purpose.NOTICE, frozenset())


def test_every_kind_of_message_has_a_purpose() -> None:
    assert {word.value for word in PURPOSES} == {"Alert", "Update", "Cancel", "Ack", "Error"}


def test_an_identifier_of_the_hub_costs_nothing() -> None:
    alert = samples.alert({**samples.MINIMAL, "identifier": hub_identifier(0xBEEF, 3)})
    raw = _pack(alert, hub_made=True)
    assert b"beef" not in raw
    assert alert_of(raw, 0xBEEF, 3) == alert
    assert decode_item(raw, 0xBEEF, 4).key == f"{samples.SENDER},0000beef-4"


def test_a_device_gets_the_language_that_it_asked_for() -> None:
    alert = samples.alert(samples.LANGUAGES)
    got = {wish: alert_of(_pack(alert, languages=(wish,)), 1, 1).languages for wish in ("sw", "fr", "de", "*")}
    assert got == {"sw": ("sw",), "fr": ("fr-CD",), "de": ("en",), "*": ("en", "sw", "fr-CD")}


def test_a_withdrawal_is_sorted_so_that_equal_ones_are_equal_bytes() -> None:
    assert pack_withdrawal(["s,b", "s,a"]) == pack_withdrawal(["s,a", "s,b"])
    assert decode_item(pack_withdrawal(["s,b", "s,a"]), 1, 1) == Arrival(None, frozenset({"s,a", "s,b"}))


@pytest.mark.parametrize(("said", "meant"), [(-5, Urgency.ORDINARY), (0, 0), (2, 2), (99, Urgency.EXTREME)])
def test_an_urgency_of_a_later_version_is_the_nearest(said: int, meant: int) -> None:
    form, record, expires, _, *_ = unpack(_pack(samples.alert(samples.MINIMAL)))
    assert decode_item(pack([form, record, expires, said]), 1, 1).urgency == meant


def test_elements_of_a_later_version_are_ignored() -> None:
    raw = _pack(samples.alert(samples.MINIMAL))
    assert decode_item(pack([*unpack(raw), [], "more", 7]), 1, 1) == decode_item(raw, 1, 1)
    assert decode_item(pack([2, ["s,a"], 3]), 1, 1) == Arrival(None, frozenset({"s,a"}))


def test_a_withdrawal_of_too_many_is_refused() -> None:
    keys = ["s,a"] * (limits.ROLL_ENTRIES_MAX + 1)
    with pytest.raises(RemoteProtocolError):
        decode_item(pack([2, keys]), 1, 1)


@given(st.binary(max_size=80))
def test_whatever_comes_is_an_item_or_is_refused(raw: bytes) -> None:
    for form in (b"", b"\x92\x02", b"\x94\x01\xc4"):
        try:
            assert isinstance(decode_item(form + raw, 1, 1), Arrival)
        except RemoteProtocolError as refused:
            assert str(refused)


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_damaged_item_is_an_item_or_is_refused(at: int, byte: int) -> None:
    raw = bytearray(_pack(samples.alert(samples.EVERYTHING)))
    raw[at % len(raw)] = byte
    try:
        assert isinstance(decode_item(bytes(raw), 1, 1), Arrival)
    except RemoteProtocolError as refused:
        assert str(refused)
