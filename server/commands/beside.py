"""The data folder, for commands that work on it beside a hub that may be running."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from peewee import SqliteDatabase

from alerts.errors import RefusedError, StoreError, UserError
from server.commands import data
from server.store import schema
from server.store.database import open_database, transaction
from server.store.folder import DATABASE, Folder

Data = Annotated[Path, data.PARAMETER, Parameter(help="The hub's data folder.")]


def now() -> int:
    """The time, as a hub on this machine would have it."""
    return int(time.time())


@contextmanager
def opened(folder: Path, *, make: bool = False, is_reading: bool = False) -> Iterator[SqliteDatabase]:
    """The database, in one transaction that is committed at the end. A running hub sees what was written at its next look.

    `make`: where there is none yet, make one. `is_reading`: nothing is written, so a hub is not kept from writing meanwhile.
    Raises UserError in the place of what the store refuses.
    """
    if not make and not (folder / DATABASE).is_file():
        raise UserError(f"there is no hub's data in {folder}", "Name the data folder of a hub with --data.")
    place = Folder(folder)
    is_alone = place.try_lock()
    try:
        db = open_database(place.database)
        try:
            if is_alone:
                schema.migrate(db, place.database)
            else:
                schema.check(db, place.database)
            with transaction(db, "DEFERRED" if is_reading else "IMMEDIATE"):
                yield db
        finally:
            db.close()
    except (RefusedError, StoreError) as error:
        raise UserError(str(error)) from error
    finally:
        if is_alone:
            place.unlock()
