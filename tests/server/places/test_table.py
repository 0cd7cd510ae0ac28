"""Tables as spreadsheets save them."""

from __future__ import annotations

import pytest

from server.places.area_table import HEADINGS
from server.places.table import ROWS_MAX, plain, read_table

NEEDED = ("code", "name")
ROWS = [{"code": "KE", "name": "Kenya"}, {"code": "KE-047", "name": "Nairobi; the city"}]


@pytest.mark.parametrize(
    "text",
    [
        "code,name\nKE,Kenya\nKE-047,Nairobi; the city\n",
        'code;name\r\nKE;Kenya\r\nKE-047;"Nairobi; the city"\r\n',
        "\ufeffCODE\tNAME\nKE\tKenya\nKE-047\tNairobi; the city",
        'sep=;\nCode;Nom\nKE;Kenya\n;\nKE-047;"Nairobi; the city"\n',
        '"Code","Libellé"\n"KE","Kenya"\n"KE-047","Nairobi; the city"\n',
    ],
)
def test_a_table_is_read_however_it_is_separated_and_headed(text: str) -> None:
    table = read_table(text.encode(), HEADINGS, NEEDED)
    assert [dict(row.cells) for row in table.rows] == ROWS and not table.errors


def test_a_row_has_the_number_that_the_spreadsheet_shows() -> None:
    table = read_table(b'code,name\n\nKE,"two\nlines"\nUG,Uganda,beyond\nTZ,#REF!\n', HEADINGS, NEEDED)
    assert [(error.row, error.column) for error in table.errors] == [(3, "name"), (4, ""), (5, "name")]
    assert table.count == 3 and not table.rows


def test_an_apostrophe_that_an_export_put_there_is_taken_away() -> None:
    table = read_table(b"code,name\nKE,'=SUM(1)\nUG,'t Hooft\n", HEADINGS, NEEDED)
    assert [row.cells["name"] for row in table.rows] == ["=SUM(1)", "'t Hooft"]


@pytest.mark.parametrize(
    ("data", "row", "words"),
    [
        (b"", 1, "empty"),
        (b"code,name\nKE,Keny\xff\n", 2, "not UTF-8"),
        ("code,name\nKE,Kenya\n".encode("utf-16"), 1, "UTF-16"),
        (b"PK\x03\x04....", 1, "spreadsheet"),
        (b'code,name\nKE,"Kenya\n', 2, "not CSV"),
        (b"code,title\nKE,Kenya\n", 1, "no column name"),
        (b"code,latitude\nKE,1\n", 1, "no column name"),
        (b"code,name,Nom\nKE,Kenya,x\n", 1, "the same column as 'name'"),
        (b"code,name\n" + b"KE,Kenya\n" * ROWS_MAX, ROWS_MAX + 1, "20,000 rows"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_with_its_row(data: bytes, row: int, words: str) -> None:
    errors = read_table(data, HEADINGS, NEEDED).errors
    assert errors and errors[0].row == row and errors[0].expected
    assert words in errors[0].problem


def test_columns_that_are_not_known_are_named() -> None:
    assert read_table(b"code,name,Population\nKE,Kenya,54000000\n", HEADINGS, NEEDED).ignored == ("Population",)


def test_headings_are_compared_without_case_accents_and_separators() -> None:
    assert plain(" Téléphone_Mobile ") == "telephonemobile"
