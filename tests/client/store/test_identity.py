"""Who this device is."""

from __future__ import annotations

from pathlib import Path

from client.store.database import Database
from client.store.identity import Identity, read_identity, write_identity


def test_it_is_kept_and_can_be_replaced(tmp_path: Path) -> None:
    database = Database(tmp_path / "field.sqlite")
    assert read_identity(database) is None
    for identity in (Identity("d1", "t1", "http://a"), Identity("d2", "t2", "http://a", "Clinic", "/ca.pem")):
        with database.transaction():
            write_identity(database, identity)
        assert read_identity(database) == identity


def test_its_token_does_not_show_in_logs() -> None:
    assert "secret" not in repr(Identity("d1", "secret", "http://a"))
