from __future__ import annotations

from pathlib import Path

import pytest

from alerts.errors import IdempotencyConflictError
from server.store import idempotency
from server.store.idempotency import Done
from tests.support.stores import HOUR, NOON, fresh_database

DONE = Done(5, ("a report",))
DAY = 24 * HOUR


def test_a_key_belongs_to_its_credential_and_its_body(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        idempotency.keep(db, "a", "key", b"body", DONE, NOON, DAY)
        assert idempotency.find(db, "a", "key", b"body") == DONE
        assert idempotency.find(db, "b", "key", b"body") is None
        assert idempotency.find(db, "a", "other", b"body") is None
        with pytest.raises(IdempotencyConflictError, match="number 5"):
            idempotency.find(db, "a", "key", b"other")


def test_a_key_is_kept_for_its_time(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        idempotency.keep(db, "a", "old", b"1", DONE, NOON, DAY)
        idempotency.keep(db, "a", "new", b"2", DONE, NOON + DAY, DAY)
        assert idempotency.find(db, "a", "old", b"1") == DONE
        idempotency.keep(db, "a", "newer", b"3", DONE, NOON + DAY + 1, DAY)
        assert idempotency.find(db, "a", "old", b"1") is None
