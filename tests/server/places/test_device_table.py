"""Tables of devices, against the roster and the devices that are enrolled."""

from __future__ import annotations

import pytest

from server.places.device_table import Known, plan
from server.places.preview import FieldChange
from server.store.records import DeviceRow, RosterLine

DEVICE = DeviceRow(
    *("d-1", "Amina", ("KE-047",), ("chw",), ("sw",), None, 1, None, None, 0, 0, None),
    phone="+254700123456",
    reference="A1",
)
KNOWN = Known(
    roster={
        "A1": RosterLine("A1", "Amina", ("KE-030",), ("chw",), device="d-1"),
        "B2": RosterLine("B2", "Baraka", ("KE-030",)),
    },
    devices={"d-1": DEVICE},
    areas=frozenset({"KE", "KE-047", "KE-030", "KE-047-F1"}),
    contacts=frozenset({"wanjiru"}),
)


def test_a_new_row_joins_the_roster_and_an_enrolled_device_is_moved() -> None:
    text = "matricule;nom;zones;établissement;rôles;langues;téléphone\n"
    text += "A1;Amina;KE-030;;chw, nurse;;254700123456\nC3;Chipo;KE;KE-047-F1;nurse;fr en;0700 111 222\n"
    found = plan(text.encode(), KNOWN)
    assert not found.preview.errors and (found.preview.new, found.preview.changed) == (1, 1)
    assert found.preview.changes[0].fields == (
        FieldChange("areas", "KE-047", "KE-030"),
        FieldChange("roles", "chw", "chw, nurse"),
    )
    assert found.moves[0].device == "d-1"
    assert found.moves[0].changes == {"areas": ("KE-030",), "roles": ("chw", "nurse")}
    new = found.lines[1]
    assert (new.areas, new.roles, new.languages, new.phone) == (("KE-047-F1",), ("nurse",), ("fr", "en"), "0700111222")


def test_columns_that_are_not_there_change_nothing() -> None:
    found = plan(b"reference,name\nA1,Amina N.\nB2,Baraka\n", KNOWN)
    assert (found.preview.changed, found.preview.unchanged) == (1, 1)
    assert found.moves[0].changes == {"name": "Amina N."}


def test_a_device_without_a_reference_is_given_one() -> None:
    bare = {"d-1": DeviceRow(*("d-1", "Amina", ("KE-047",), (), (), None, 1, None, None, 0, 0, None))}
    known = Known({}, bare, KNOWN.areas, KNOWN.contacts)
    found = plan(b"reference,device,phone\nA9,d-1,0700123456\n", known)
    assert found.lines[0].device == "d-1" and found.moves[0].changes == {"phone": "0700123456"}
    alone = plan(b"device,name\nd-1,Amina W.\n", known)
    assert alone.lines == () and alone.moves[0].changes == {"name": "Amina W."}
    assert plan(b"reference,device\nA9,d-1\n", known).preview.changed == 1


@pytest.mark.parametrize(
    ("text", "row", "column", "words"),
    [
        ("name\nAmina\n", 1, "reference", "no column reference"),
        ("reference,name\n,Amina\n", 2, "reference", "empty"),
        ("reference,name\nC3,\n", 2, "name", "empty"),
        ("reference,areas\nC3,KE\n", 2, "name", "empty"),
        ("reference,name\nC3,x\nC3,y\n", 3, "reference", "row 2"),
        ("reference,name,areas\nC3,x,UG\n", 2, "areas", "UG is not in the list"),
        ("reference,name,areas\nC3,x,KE-47\n", 2, "areas", "leading zeros"),
        ("reference,name,supervisor\nC3,x,wanjru\n", 2, "supervisor", "no such contact"),
        ("reference,name,facility\nC3,x,??\n", 2, "facility", "no code"),
        ("reference,device\nA1,d-9\n", 2, "device", "no such device"),
        ("reference,device,name\nB2,d-1,x\n", 2, "device", "has the reference A1"),
    ],
)
def test_an_error_says_where_and_nothing_is_done(text: str, row: int, column: str, words: str) -> None:
    found = plan(text.encode(), KNOWN)
    assert found.lines == () and found.moves == ()
    error = found.preview.errors[0]
    assert (error.row, error.column) == (row, column) and words in error.problem and error.expected


def test_an_unknown_code_comes_with_a_likely_one() -> None:
    error = plan(b"reference,name,areas\nC3,x,KE_047\n", KNOWN).preview.errors[0]
    assert error.expected == "KE-047?"


def test_somebody_who_is_bound_to_areas_imports_only_there() -> None:
    bound = Known(KNOWN.roster, KNOWN.devices, KNOWN.areas, KNOWN.contacts, ("KE-047",))
    found = plan(b"reference,name,areas\nC3,x,KE-047-F1\nA1,Amina,KE-030\nB2,Baraka,KE-047\n", bound)
    assert [(error.row, error.problem) for error in found.preview.errors] == [
        (3, "that is outside your areas"),
        (4, "it is in areas that are not yours"),
    ]
