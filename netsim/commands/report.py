"""`tocsin-netsim report`: the page of a campaign, from its record."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path

from alerts.errors import UserError
from netsim.chaos.record import FILE, Record, read_record


def report(record: Path, page: Path = Path("report.html"), /) -> None:
    """Write the report of a campaign as one HTML page that opens without a network.

    Parameters
    ----------
    record
        The record that the campaign wrote, or the folder that it kept.
    page
        The page to write.
    """
    from netsim.report.page import page as made_page  # brings matplotlib

    made = made_page(_read(record / FILE if record.is_dir() else record))
    try:
        page.write_bytes(made)
    except OSError as error:
        raise UserError(f"{page} cannot be written: {error.strerror}") from None
    sys.stdout.write(f"{page}\n")


def _read(file: Path) -> Record:
    if not file.is_file():
        raise UserError(f"{file} is not there", "a campaign keeps its record with `tocsin-netsim chaos --keep FOLDER`")
    try:
        return read_record(file)
    except (sqlite3.Error, ValueError) as error:
        raise UserError(f"{file} is not the record of a campaign: {error}") from None
