"""CSV for spreadsheets, in which nothing that came from elsewhere is taken for a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"\+[0-9]{5,20}|-[0-9]+\.[0-9]+", re.ASCII)


def harmless(cell: str | None) -> str:
    """A device names itself, and a spreadsheet takes what begins so for a formula (OWASP, CSV injection). A telephone number,
    or degrees south or west, may stay as they are: they are none."""
    if not cell or _NUMBER.fullmatch(cell):
        return cell or ""
    return f"'{cell}" if cell[0] in _STARTS else cell


def restored(cell: str) -> str:
    """What `harmless` was given: a cell comes back as it was."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _STARTS else cell


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> str:
    """Lines of CSV (RFC 4180), the names of the columns first."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return page.getvalue()
