"""Copies of a database: consistent while it is written to, complete before they get their name."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from alerts.errors import UserError


def copy_database(source: Path, target: Path) -> None:
    """Copy a database, in use or not, into a new file that nobody but its owner can read.

    Raises UserError: the target exists, the source cannot be read, the disk is full.
    """
    if target.exists():
        raise UserError(f"{target} exists already", "Give another name; a copy never replaces a file.")
    if not source.is_file():
        raise UserError(f"there is no database {source}")
    partial = target.with_name(target.name + ".partial")
    try:
        _copy(source, partial)
        flush(partial)
        partial.rename(target)
        flush(target.parent)
    except (OSError, sqlite3.Error) as error:
        partial.unlink(missing_ok=True)
        raise UserError(f"{source} cannot be copied to {target}: {error}", "Nothing was left behind.") from error


def _copy(source: Path, partial: Path) -> None:
    """All pages in one step: a snapshot, because a reader of a database in WAL mode sees one commit only."""
    partial.unlink(missing_ok=True)
    os.close(os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600))
    with (
        contextlib.closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as reader,
        contextlib.closing(sqlite3.connect(partial, isolation_level=None)) as writer,
    ):
        reader.backup(writer)
        writer.execute("PRAGMA journal_mode = delete")
        found = writer.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(f"the copy is damaged: {found}")


def flush(path: Path) -> None:
    """Make a file, or the names in a folder, survive a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
