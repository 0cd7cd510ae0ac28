"""The roster in the store. What is done with it: tests/server/api/test_roster.py."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from server.store import roster
from server.store.records import RosterLine
from tests.support.stores import NOON, fresh_database

LINE = RosterLine("A1", "Amina", ("KE-047",), ("chw",), ("sw",), "wanjiru", "0700123456")


def test_rows_are_written_over_read_and_removed(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        roster.write(db, [LINE, RosterLine("B2", "Baraka")], NOON)
        roster.write(db, [replace(LINE, name="Amina N.", languages=None)], NOON)
        assert [line.name for line in roster.lines(db)] == ["Amina N.", "Baraka"]
        assert roster.line(db, "A1") == replace(LINE, name="Amina N.", languages=None)
        assert roster.remove(db, "A1") and not roster.remove(db, "A1")
        assert roster.line(db, "A1") is None
