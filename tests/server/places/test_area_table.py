"""Tables of areas and facilities, against the list."""

from __future__ import annotations

import pytest

from server.places.area_table import above_of, plan
from server.places.preview import FieldChange, ImportKind
from server.store.records import AreaKind, AreaRow, Point

KNOWN = [AreaRow("KE", "Kenya"), AreaRow("KE-047", "Nairobi", AreaKind.AREA, Point(-1.28, 36.82))]


def test_what_is_new_changed_and_unchanged() -> None:
    found = plan(b"code,name\nKE,Kenya\nKE-047,Nairobi County\nKE-030,Baringo\n", ImportKind.AREAS, KNOWN)
    preview = found.preview
    assert (preview.rows, preview.new, preview.changed, preview.unchanged) == (3, 1, 1, 1)
    assert preview.changes[0].fields == (FieldChange("name", "Nairobi", "Nairobi County"),)
    assert [row.code for row in found.writes] == ["KE-047", "KE-030"]
    assert found.writes[0].point == Point(-1.28, 36.82), "a column that is not there changes nothing"


def test_the_same_table_again_changes_nothing() -> None:
    data = b"code;nom;latitude;longitude\nKE-047;Nairobi;-1,28;36,82\n"
    assert plan(data, ImportKind.AREAS, KNOWN).writes == ()
    emptied = plan(b"code,name,lat,lon\nKE-047,Nairobi,,\n", ImportKind.AREAS, KNOWN)
    assert emptied.writes[0].point is None and emptied.preview.changes[0].fields[0].new == ""


def test_a_table_of_facilities_makes_facilities_in_areas() -> None:
    found = plan(b"code,name,lat,lon\nKE-047-F1,Clinic,-1.3,36.8\n", ImportKind.FACILITIES, KNOWN)
    assert found.writes == (AreaRow("KE-047-F1", "Clinic", AreaKind.FACILITY, Point(-1.3, 36.8)),)


@pytest.mark.parametrize(
    ("text", "kind", "row", "column", "words"),
    [
        ("code,name\nKE,Kenya\nKE 1,x\n", ImportKind.AREAS, 3, "code", "no code"),
        ("code,name\nKE,\n", ImportKind.AREAS, 2, "name", "empty"),
        ("Code,Nom,Latitude\nKE,Kenya,1\n", ImportKind.AREAS, 2, "Latitude", "missing"),
        ("code,name,lat,lon\nKE,Kenya,1,200\n", ImportKind.AREAS, 2, "lon", "longitude"),
        ("code,name\nUG,Uganda\nUG,Uganda\n", ImportKind.AREAS, 3, "code", "row 2"),
        ("code,name\nKE-47,Nairobi\n", ImportKind.AREAS, 2, "code", "leading zeros"),
        ("code,name,kind\nKE,Kenya,thing\n", ImportKind.AREAS, 2, "kind", "no kind"),
        ("code,name\nTZ-1-F1,Clinic\n", ImportKind.FACILITIES, 2, "code", "TZ-1"),
        ("code,name\nF1,Clinic\n", ImportKind.FACILITIES, 2, "code", "no area"),
        ("code,name,kind\nKE-F1,Clinic,area\n", ImportKind.FACILITIES, 2, "kind", "facilities"),
    ],
)
def test_an_error_says_where_and_nothing_is_written(
    text: str, kind: ImportKind, row: int, column: str, words: str
) -> None:
    found = plan(text.encode(), kind, KNOWN)
    assert found.writes == ()
    error = found.preview.errors[0]
    assert (error.row, error.column) == (row, column) and words in error.problem and error.expected


def test_the_codes_above_a_code() -> None:
    assert above_of("KE-047-F1") == ["KE", "KE-047"]
