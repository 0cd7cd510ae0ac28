"""An item taken apart is the same item when it is put together, and what cannot be is left whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import RemoteProtocolError
from alerts.wire.lean import Hole, Lean, fill, hole, shape_of, take_apart, texts_of, triple_of
from alerts.wire.packing import pack, unpack
from tests.support.lean import EPOCH, items

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12)


def _taken(item: bytes) -> Lean:
    lean = take_apart(item)
    assert lean is not None
    return lean


def _item(**more: Any) -> bytes:
    record = [None, "moh@x", 1_772_343_000, 180, 0, 0, 0, [more.get("info", ["fr", [6], "Choléra", 0, 1, 0])]]
    return pack([3, pack(record), more.get("life", 86_400), 1])


WITH_A_FILE = {35}
"""The sample that carries a file as base64."""


@pytest.mark.parametrize("number", range(1, len(items()) + 1))
def test_every_sample_comes_back_but_what_carries_a_file(number: int) -> None:
    item = items()[number - 1]
    lean = take_apart(item)
    assert lean is None if number in WITH_A_FILE else lean is not None and fill(lean) == item


def test_what_is_enumerated_stays_and_the_rest_is_taken_out() -> None:
    lean = _taken(
        _item(info=["fr", [6], "Choléra", 0, 1, 0, "14 cas", None, None, [["Goma", ["k", "v"]], ["Sake"]], 3600])
    )
    assert (lean.sender, lean.sent, lean.times) == ("moh@x", 1_772_343_000, (3600, 86_400))
    assert lean.texts == ("Choléra", "14 cas", "Goma\x1dk\x1ev\x1cSake")
    skeleton = unpack(lean.skeleton)
    assert skeleton[1][1:3] == [hole(Hole.SENDER), hole(Hole.SENT)]
    assert skeleton[1][7][0][:2] == ["fr", [6]]


def test_a_time_that_is_the_first_again_is_given_once() -> None:
    lean = _taken(_item(info=["fr", [6], "Choléra", 0, 1, 0, None, None, None, None, 7200], life=7200))
    assert lean.times == (7200,)
    assert shape_of(lean.skeleton).times == 1


@given(st.lists(st.tuples(TEXT, st.lists(TEXT, max_size=4), st.lists(TEXT, max_size=2)), min_size=1, max_size=4))
def test_areas_come_back_or_are_not_lean(areas: list[tuple[str, list[str], list[str]]]) -> None:
    rows = [[name, codes or None, *([polygons] if polygons else [])] for name, codes, polygons in areas]
    item = _item(info=["fr", [6], "e", 0, 1, 0, None, None, None, rows])
    assert fill(_taken(item)) in (item, pack(unpack(item))) or any(row[-1] is None for row in rows)


@pytest.mark.parametrize(
    "item",
    [
        b"",
        b"\xc1",
        pack([2, ["a,b"]]),
        pack([9, b"", 1, 1]),
        pack([3, pack(["x"]), 1, 1]),
        pack([3, pack([None, 5, 1]), 1, 1]),
        _item(info=["fr", [6], "a\x1fb", 0, 1, 0]),
        _item(info=["fr", [6], "a", 0, 1, 0, *[None] * 14, [["r", "t", 1, None, b"\x00"]]]),
    ],
    ids=["nothing", "no msgpack", "withdrawal", "other form", "short", "no sender", "the end of texts", "bytes"],
)
def test_what_has_no_lean_form_is_left_whole(item: bytes) -> None:
    assert take_apart(item) is None
    assert texts_of(item) == b""


@pytest.mark.parametrize(
    ("skeleton", "words"),
    [
        (pack([3, [hole(Hole.TEXT)], 1, 1]), "for 0 times and 1 texts, with 1 and 2"),
        (pack([3, [hole(Hole.TEXT)] * 3, hole(Hole.TIME), 1]), "3 texts"),
        (pack([3, [hole(Hole.TEXT)] * 2, [hole(Hole.TIME)] * 2, 1]), "2 times"),
        (pack([3, [hole(Hole.REFERENCE)] + [hole(Hole.TEXT)] * 2, hole(Hole.TIME), 1]), "REFERENCE"),
        (pack([3, [b"\x77"], 1, 1]), "unknown kind"),
        (pack([3, [b""], 1, 1]), "unknown kind"),
        (pack([3, 4, 1, 1]), "no item"),
        (pack(7), "no item"),
        (b"\xc1", "not used"),
    ],
)
def test_a_skeleton_that_does_not_fit_is_refused(skeleton: bytes, words: str) -> None:
    with pytest.raises(RemoteProtocolError, match=words):
        fill(Lean(skeleton, "s", 1, (60,), ("a", "b")))


def test_the_same_time_needs_a_first_one() -> None:
    skeleton = pack([3, [hole(Hole.TEXT)] * 2, hole(Hole.SAME_TIME), 1])
    with pytest.raises(RemoteProtocolError, match="SAME_TIME"):
        fill(Lean(skeleton, "s", 1, (), ("a", "b")))


def test_an_area_of_too_many_parts_is_refused() -> None:
    lean = _taken(_item(info=["fr", [6], "e", 0, 1, 0, None, None, None, [["Goma"]]]))
    with pytest.raises(RemoteProtocolError, match="7 parts"):
        fill(replace(lean, texts=("e", "\x1d" * 6)))


def test_how_references_name_an_alert_costs_nothing() -> None:
    triple = triple_of(items()[0], EPOCH, 1)
    assert triple is not None and triple.split(",")[1] == "0000beef-1"
    item = unpack(_item())
    record = [*unpack(item[1]), triple]
    item[1] = pack(record)
    lean = take_apart(pack(item), triple)
    assert lean is not None and triple not in lean.texts
    assert fill(lean, lambda: triple) == pack(item)
    assert triple_of(b"\x01", EPOCH, 1) is None
