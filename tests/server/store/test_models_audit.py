from __future__ import annotations

from pathlib import Path

import pytest
from peewee import IntegrityError

from server.audit import AuditAction
from server.store import audit
from server.store.models_audit import AuditEntry
from tests.support.stores import NOON, fresh_database


def test_a_row_can_neither_be_changed_nor_removed(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        audit.note(db, NOON, "wanjiru", AuditAction.SESSION_BEGAN, "wanjiru")
        with pytest.raises(IntegrityError, match="append-only"):
            AuditEntry.update(by="somebody").execute(db)
        with pytest.raises(IntegrityError, match="append-only"):
            AuditEntry.delete().execute(db)
        assert [row.by for row in audit.every(db)] == ["wanjiru"]
