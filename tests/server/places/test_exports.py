"""Tables of what there is."""

from __future__ import annotations

from server.places.area_table import plan
from server.places.enrolment import Expected
from server.places.exports import device_lines, place_lines
from server.places.preview import ImportKind
from server.sheets import csv_text
from server.store.records import AreaKind, AreaRow, Point, RosterLine

ROWS = [AreaRow("KE", "=Kenya", AreaKind.AREA, Point(-1.5, 36.0)), AreaRow("KE-F1", "Clinic", AreaKind.FACILITY)]


def test_places_come_back_as_they_went() -> None:
    text = csv_text(*place_lines(ROWS, ImportKind.AREAS))
    assert "-1.5,36.0" in text and "'=Kenya" in text
    assert plan(text.encode(), ImportKind.AREAS, ROWS).writes == ()
    assert [line[0] for line in place_lines(ROWS, ImportKind.FACILITIES)[1]] == ["KE-F1"]


def test_those_who_are_expected_are_listed_and_those_who_are_enrolled_not_twice() -> None:
    roster = [
        Expected(RosterLine("A1", "Amina", device="d-1"), None, False),
        Expected(RosterLine("B2", "Baraka", ("KE", "UG"), ("chw", "cold chain")), 5, False),
        Expected(RosterLine("C3", "Chipo", device="d-3"), None, True),
    ]
    _, lines = device_lines([], roster)
    assert [line[0] for line in lines] == ["B2", "C3"]
    assert lines[0][3:5] == ("KE UG", "chw, cold chain")
