"""Outlines in the store."""

from __future__ import annotations

from pathlib import Path

from server.store import outlines
from server.store.outlines import StoredOutline
from tests.support.stores import fresh_database


def test_outlines_are_written_over_and_read(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        outlines.write(db, [StoredOutline("KE", b"1", "{}"), StoredOutline("UG", b"2", "{}")])
        outlines.write(db, [StoredOutline("KE", b"3", '{"a":1}')])
        assert [one.shape for one in outlines.outlines(db)] == [b"3", b"2"]
        assert outlines.drawn(db) == {"KE": '{"a":1}', "UG": "{}"}
