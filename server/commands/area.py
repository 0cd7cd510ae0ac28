"""`tocsin-hub area`: the list of areas that alerts and devices can be in."""

from __future__ import annotations

import csv
import json as json_text
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from rich.table import Table

from alerts.errors import UserError
from server.commands.beside import Data, Json, opened, show
from server.commands.data import DEFAULT
from server.store import areas

app = App(name="area", help="The list of areas: import, list. Also while the hub runs.")

HEADINGS = ("code", "name")


@app.command(name="import")
def import_(file: Annotated[Path, Parameter(name="FILE")], /, *, data: Data = DEFAULT) -> None:
    """Add areas to the list, or rename those that are in it.

    Parameters
    ----------
    file
        CSV in UTF-8 with the columns code and name, with or without a line of headings. A code's levels are joined by
        hyphens: KE-047-0312 lies in KE-047.
    """
    rows = list(read_rows(file))
    with opened(data, make=True) as db:
        count = areas.import_areas(db, rows)
    sys.stdout.write(f"{count} areas imported.\n")


@app.command(name="list")
def list_(*, data: Data = DEFAULT, json: Json = False) -> None:
    """List all areas, by code."""
    with opened(data) as db:
        rows = areas.areas(db)
    if json:
        sys.stdout.write(json_text.dumps([asdict(row) for row in rows], ensure_ascii=False) + "\n")
        return
    table = Table("code", "name")
    for row in rows:
        table.add_row(row.code, row.name)
    show(table)


def read_rows(file: Path) -> Iterator[tuple[str, str]]:
    """The lines of a CSV file as (code, name). Raises UserError naming the line."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened_file:
            yield from _rows(csv.reader(opened_file, strict=True), file)
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror}", "Check the name and the right to read it.") from None
    except (csv.Error, UnicodeDecodeError) as error:
        raise UserError(f"{file} is not CSV in UTF-8: {error}", "Save it from your spreadsheet as CSV UTF-8.") from None


def _rows(lines: Iterable[list[str]], file: Path) -> Iterator[tuple[str, str]]:
    columns = (0, 1)
    for number, cells in enumerate(lines, 1):
        words = [cell.strip() for cell in cells]
        if not any(words):
            continue
        lowered = [word.lower() for word in words]
        if number == 1 and "code" in lowered:
            if "name" not in lowered:
                raise UserError(f"{file}, line 1: there is no column name", "The headings are code and name.")
            columns = (lowered.index("code"), lowered.index("name"))
            continue
        if len(words) <= max(columns):
            raise UserError(f"{file}, line {number}: expected a code and a name, found {','.join(words)[:80]!r}")
        if not areas.is_well_formed(words[columns[0]]):
            raise areas.malformed(words[columns[0]], f"{file}, line {number}")
        yield words[columns[0]], words[columns[1]]
