"""Where a device stands, as one value."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import limits
from alerts.errors import RemoteProtocolError
from alerts.wire.frames import Resume
from alerts.wire.handshake import Hello, pack_hello, unpack_hello

EPOCHS = st.integers(0, limits.EPOCH_MAX)
NUMBERS = st.integers(0, limits.NUMBER_MAX)
HELLOS = st.builds(
    Hello,
    EPOCHS,
    st.builds(Resume, EPOCHS, NUMBERS, NUMBERS, st.lists(NUMBERS, max_size=9).map(tuple), st.integers(0, 3), NUMBERS),
    st.lists(st.text("abcXYZ019-*", min_size=1, max_size=9), max_size=8).map(tuple),
    st.tuples(EPOCHS, NUMBERS),
    st.lists(st.integers(0, 65_535), max_size=8).map(tuple),
    NUMBERS,
    EPOCHS,
)


@given(HELLOS)
def test_a_value_comes_back_and_fits_a_subprotocol(hello: Hello) -> None:
    value = pack_hello(hello)
    assert re.fullmatch("[A-Za-z0-9_-]+", value), "a token of RFC 9110 §5.6.2"
    assert unpack_hello(value) == hello


def test_the_longest_value_fits() -> None:
    held = tuple(range(2**52, 2**52 + limits.HELD_MAX * 2**40, 2**40))
    at = Resume(limits.EPOCH_MAX, limits.NUMBER_MAX, limits.NUMBER_MAX, held, 3, limits.NUMBER_MAX)
    languages = tuple(f"{n}" + "x" * 34 for n in range(limits.LANGUAGES_MAX))
    named = (65_535,) * limits.DICTIONARIES_MAX
    hello = Hello(limits.EPOCH_MAX, at, languages, (1, 2), named, limits.NUMBER_MAX, limits.EPOCH_MAX)
    assert len(pack_hello(hello)) <= limits.HELLO_CHARS_MAX


def test_a_fresh_store_says_next_to_nothing() -> None:
    assert len(pack_hello(Hello(limits.EPOCH_MAX, Resume(0, 0, 0)))) == 8


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("", "not msgpack"),
        ("A" * 2049, "2049 characters; at most 2048"),
        ("k", "not base64url"),
        ("kw==", "not base64url"),
        ("é", "not base64url"),
        ("BQ", "expected an array"),
    ],
)
def test_what_is_no_value_is_refused_in_words(value: str, why: str) -> None:
    with pytest.raises(RemoteProtocolError, match=why):
        unpack_hello(value)


@given(st.text(max_size=40))
def test_whatever_comes_is_a_value_or_is_refused(value: str) -> None:
    try:
        assert isinstance(unpack_hello(value), Hello)
    except RemoteProtocolError as refused:
        assert str(refused)


def test_an_as_of_that_is_the_cursor_costs_a_byte() -> None:
    level, below = (Hello(1, Resume(2, 1_000_000, as_of)) for as_of in (1_000_000, 1_000_001))
    assert len(pack_hello(below)) - len(pack_hello(level)) >= 5
    assert unpack_hello(pack_hello(level)) == level
