"""`tocsin-hub backup`: a consistent copy of the hub's database, made while it serves."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App

from alerts.errors import UserError
from server.commands import data
from server.store.copies import copy_database
from server.store.folder import DATABASE

app = App(name="backup", help="Copy the hub's database into a file, while the hub serves or while it does not.")


@app.default
def backup(file: Path, /, *, data_dir: Annotated[Path, data.PARAMETER] = data.DEFAULT) -> None:
    """Copy the hub's database into FILE: all that is in it at one moment, checked, readable by its owner only.

    Parameters
    ----------
    file
        The copy. It must not exist yet.
    data_dir
        The hub's data folder.
    """
    database = data_dir / DATABASE
    if not database.is_file():
        raise UserError(f"there is no hub's data in {data_dir}", "Name the folder with --data.")
    copy_database(database, file)
    sys.stdout.write(f"{file}: {file.stat().st_size} bytes, a complete copy of {database}\n")
