"""Frames as arrays: what is written comes back, what is not in the table is refused and named."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import limits
from alerts.errors import RemoteProtocolError
from alerts.wire import frames
from alerts.wire.frames import KINDS, Field, Frame, Ping, Stored, Unknown, Want, from_array, to_array

EPOCHS = st.integers(0, limits.EPOCH_MAX)
NUMBERS = st.integers(0, limits.NUMBER_MAX)
SMALL = st.integers(0, 65_535)
RISING = st.lists(NUMBERS, max_size=5).map(tuple)
VALUES: dict[Field, st.SearchStrategy[Any]] = {
    frames.EPOCH: EPOCHS,
    frames.NUMBER: NUMBERS,
    frames.SMALL: SMALL,
    frames.BOOL: st.booleans(),
    frames.NUMBERS: RISING,
    frames.GROUPS: st.lists(st.tuples(EPOCHS, RISING), max_size=3).map(tuple),
    frames.ENDS: st.lists(st.tuples(EPOCHS, NUMBERS), max_size=3).map(tuple),
    frames.EPOCHS: st.lists(EPOCHS, max_size=3).map(tuple),
    frames.ITEMS: st.lists(st.tuples(NUMBERS, st.binary(max_size=4)), max_size=3).map(tuple),
    frames.ADDRESS: st.binary(min_size=6, max_size=6),
    frames.LANGUAGES: st.lists(st.text(max_size=5), max_size=3).map(tuple),
    frames.WORDS: st.text(max_size=9),
}
OPTIONAL = st.none() | SMALL


def _frames(kind: type[Frame]) -> st.SearchStrategy[Frame]:
    return st.builds(kind, *(VALUES.get(field, OPTIONAL) for field in kind.LAYOUT))


ANY = st.one_of(*(_frames(kind) for kind in KINDS.values()))


@given(ANY)
def test_a_frame_comes_back_as_it_was(frame: Frame) -> None:
    assert from_array(to_array(frame)) == frame


@given(ANY, st.lists(st.none() | st.integers() | st.text()))
def test_elements_of_a_later_version_are_ignored(frame: Frame, more: list[Any]) -> None:
    array = to_array(frame)
    values = [getattr(frame, field.name) for field in fields(frame)]
    whole = [field.pack(value) for field, value in zip(frame.LAYOUT, values, strict=True)]
    assert from_array([frame.KIND, *whole, *more]) == frame == from_array(array)


@given(ANY)
def test_no_shorter_array_is_the_same_frame(frame: Frame) -> None:
    array = to_array(frame)
    if len(array) - 1 > frame.REQUIRED:
        assert from_array(array[:-1]) != frame
    else:
        with pytest.raises(RemoteProtocolError, match=f"{type(frame).__name__}: expected {frame.REQUIRED} elements"):
            from_array(array[:-1])


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.__name__)
def test_a_table_of_positions_is_whole(kind: type[Frame]) -> None:
    has_default = [field.default is not MISSING for field in fields(kind)]
    assert len(has_default) == len(kind.LAYOUT)
    assert has_default == [False] * kind.REQUIRED + [True] * (len(has_default) - kind.REQUIRED)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("wrong", [{"a": 1}, 0.5, -1, object()], ids=["a map", "a fraction", "below zero", "an object"])
def test_a_wrong_value_is_refused_with_its_position(kind: type[Frame], wrong: object) -> None:
    for at, name in enumerate(fields(kind), 1):
        array: list[Any] = [kind.KIND, *(_least(field) for field in kind.LAYOUT)]
        array[at] = wrong
        with pytest.raises(RemoteProtocolError, match=rf"{kind.__name__}\.{name.name}: expected"):
            from_array(array)


def _least(field: Field) -> object:
    """Some packed value that the position takes."""
    candidates: tuple[object, ...] = (0, [], False, "", None, bytes(6))
    for value in candidates:
        try:
            field.unpack(value, "")
        except RemoteProtocolError:
            continue
        return value
    raise AssertionError("a type that this test has no value for")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text() | st.binary(), st.lists))
def test_whatever_comes_is_a_frame_or_is_refused(value: Any) -> None:
    try:
        assert isinstance(from_array(value), Frame)
    except RemoteProtocolError as refused:
        assert len(str(refused)) < 300


def test_numbers_travel_as_differences() -> None:
    assert to_array(Want(((9, (880, 13, 17)),)))[1] == [[9, [880, -867, 4]]]
    assert to_array(Stored(9, 12, 15, (14, 15)))[4] == [14, 1]


def test_kinds_of_a_later_version_are_unknown_not_wrong() -> None:
    assert from_array([16]) == Unknown(16)
    assert from_array([limits.EPOCH_MAX, {"any": "thing"}]) == Unknown(limits.EPOCH_MAX)


def test_a_truth_value_is_no_integer() -> None:
    with pytest.raises(RemoteProtocolError, match=r"Ping\.token: expected an integer from 0 to 65535, found bool"):
        from_array([Ping.KIND, True])
