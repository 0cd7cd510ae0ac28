"""Cells as values, and what spreadsheets do to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from server.places import cells
from server.places.cells import CellError
from server.store.records import AreaKind, Point


@pytest.mark.parametrize(
    ("read", "text", "value"),
    [
        (cells.code, "KE-047", "KE-047"),
        (cells.name, "Nairobi", "Nairobi"),
        (cells.phone, "", None),
        (cells.phone, "+254 700-123 456", "+254700123456"),
        (cells.phone, "(0700) 123.456", "0700123456"),
        (cells.words, "cold chain, nurse;nurse|chw", ("cold chain", "nurse", "chw")),
        (cells.codes, "KE-047 KE-030;KE-047", ("KE-047", "KE-030")),
        (cells.roles, "", ()),
        (cells.languages, "sw, en", ("sw", "en")),
        (cells.languages, "", None),
        (cells.reference, "00312", "00312"),
    ],
)
def test_a_cell_is_read(read: Callable[[str], Any], text: str, value: object) -> None:
    assert read(text) == value


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (cells.code, "", "empty"),
        (cells.code, "KE 047", "no code"),
        (cells.code, "1.2E+05", "spreadsheet"),
        (cells.name, "", "empty"),
        (cells.name, "x" * 201, "201"),
        (cells.phone, "2.547E+11", "rounded"),
        (cells.phone, "ask Amina", "no telephone number"),
        (cells.phone, "1234", "no telephone number"),
        (cells.codes, "KE, K E!", "no code"),
        (cells.codes, " ".join(f"A-{n}" for n in range(101)), "101"),
        (cells.roles, "r" * 65, "65"),
        (cells.languages, "english!", "no language tag"),
        (cells.languages, "en fr sw pt es ar hi am de", "9"),
        (cells.reference, "1E5", "spreadsheet"),
    ],
)
def test_a_wrong_cell_says_what_would_be_right(read: Callable[[str], Any], text: str, words: str) -> None:
    with pytest.raises(CellError) as caught:
        read(text)
    assert words in caught.value.problem and caught.value.expected


def test_points_are_degrees_and_come_whole() -> None:
    assert cells.point("-1,28333", "36.8167") == Point(-1.28333, 36.8167)
    assert cells.point("", "") is None
    for lat, lon, words in (("-1", "", "missing"), ("1°16'S", "36", "no latitude"), ("1", "181", "longitude")):
        with pytest.raises(CellError, match=words):
            cells.point(lat, lon)


def test_a_kind_is_said_in_either_language() -> None:
    assert cells.kind("Établissement", "etablissement") is AreaKind.FACILITY
    assert cells.kind("", "") is AreaKind.AREA
    with pytest.raises(CellError, match="no kind"):
        cells.kind("hospital?", "hospital")


def test_zeros_that_a_spreadsheet_dropped_are_noticed() -> None:
    known = {"KE-047", "0312"}
    bare = {cells.without_zeros(code): code for code in known}
    for written, meant in (("KE-47", "KE-047"), ("312", "0312")):
        with pytest.raises(CellError, match="leading zeros") as caught:
            cells.lost_zeros(written, known, bare)
        assert meant in caught.value.expected
    cells.lost_zeros("KE-047", known, bare)
    cells.lost_zeros("KE-48", known, bare)
