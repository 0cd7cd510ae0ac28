"""Items of the uplink."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import limits
from alerts.cap.question import AnswerValue
from alerts.errors import RemoteProtocolError
from alerts.wire.packing import pack, unpack
from alerts.wire.uplink import (
    Answer,
    Lost,
    Quarantined,
    Receipt,
    ReceiptState,
    UplinkItem,
    pack_uplink,
    unpack_uplink,
)

EPOCHS = st.integers(1, limits.EPOCH_MAX)
NUMBERS = st.integers(1, limits.NUMBER_MAX)
STATES = st.sampled_from(ReceiptState)
IDENTITIES = st.text(min_size=1, max_size=20)
VALUES = (
    st.booleans()
    | st.integers(-limits.NUMBER_MAX, limits.NUMBER_MAX)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(min_size=1, max_size=limits.ANSWER_CHARS_MAX).filter(str.strip)
)
ITEMS = st.one_of(
    st.builds(Receipt, NUMBERS, STATES, EPOCHS, NUMBERS),
    st.builds(Receipt, NUMBERS, STATES, key=IDENTITIES),
    st.builds(Quarantined, NUMBERS, EPOCHS, NUMBERS, st.text(max_size=50)),
    st.builds(Lost, NUMBERS, st.lists(IDENTITIES, max_size=5).map(tuple)),
    st.builds(Answer, NUMBERS, VALUES, EPOCHS, NUMBERS),
    st.builds(Answer, NUMBERS, VALUES, key=IDENTITIES),
)


@given(ITEMS)
def test_an_item_comes_back_as_it_was(item: UplinkItem) -> None:
    assert unpack_uplink(pack_uplink(item)) == item


@given(VALUES)
def test_a_value_comes_back_as_the_type_that_it_was(value: AnswerValue) -> None:
    item = unpack_uplink(pack_uplink(Answer(1, value, 2, 3)))
    assert isinstance(item, Answer)
    assert type(item.value) is type(value), "true is not 1, and 1 not 1.0"


@given(ITEMS, st.lists(st.none() | NUMBERS | st.text(), min_size=1))
def test_elements_of_a_later_version_are_ignored(item: UplinkItem, more: list[Any]) -> None:
    assert unpack_uplink(pack([*unpack(pack_uplink(item)), *more])) == item


def test_a_reason_is_cut_to_what_a_hub_takes() -> None:
    item = unpack_uplink(pack_uplink(Quarantined(1, 2, 3, "x" * 9999)))
    assert isinstance(item, Quarantined)
    assert item.reason == "x" * limits.WORDS_CHARS_MAX


def test_an_item_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(RemoteProtocolError, match="at most 16384"):
        unpack_uplink(b"\xc1" * (limits.UPLINK_ITEM_BYTES_MAX + 1))


def test_a_kind_of_a_later_version_is_refused_as_such() -> None:
    with pytest.raises(RemoteProtocolError, match="kind 9 is not known to this version"):
        unpack_uplink(pack([9, 1, "a report"]))


@given(st.binary(max_size=60))
def test_whatever_comes_is_an_item_or_is_refused(raw: bytes) -> None:
    for form in (b"", b"\x95\x01\x01", b"\x93\x03\x01", b"\x95\x04\x01\x02\x03"):
        try:
            unpack_uplink(form + raw)
        except RemoteProtocolError as refused:
            assert str(refused)
