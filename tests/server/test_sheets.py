"""Sheets in which nothing is a formula."""

from __future__ import annotations

import csv
import io

import pytest

from server.sheets import csv_text, harmless, restored


@pytest.mark.parametrize(
    "cell", ['=HYPERLINK("http://x")', "+1+cmd|'/C calc'!A0", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1"]
)
def test_what_begins_like_a_formula_is_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"
    assert restored(harmless(cell)) == cell


@pytest.mark.parametrize("cell", ["", "Amina", "a=b", "+254712345678", "5-1", "-1.28333"])
def test_the_rest_stays_as_it_is(cell: str) -> None:
    assert harmless(cell) == cell == restored(cell)


def test_cells_keep_their_commas_quotes_and_lines() -> None:
    page = csv_text(("a", "b"), [('x, "y"\nz', None)])
    assert list(csv.reader(io.StringIO(page, newline=""))) == [["a", "b"], ['x, "y"\nz', ""]]
