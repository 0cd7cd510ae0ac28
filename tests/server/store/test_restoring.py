from __future__ import annotations

from pathlib import Path

import pytest

from alerts.audience import Reader
from alerts.errors import CodeInvalidError, UserError
from server.desk import Desk
from server.store import codes, devices, log
from server.store.copies import copy_database
from server.store.credentials import authenticate, authenticate_device, hash_secret
from server.store.folder import Folder
from server.store.records import Revoked, Role
from server.store.restoring import Forgotten, Restoring
from tests.support.stores import NOON, fresh_database


@pytest.fixture
def secret(tmp_path: Path) -> str:
    """A store with a token, two devices and an unused code, a copy of it, and what happened since."""
    with Desk(tmp_path) as desk:
        secret = desk.make_token(Role.AUTHOR, "ministry")
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        for number, device in ((1, "d-1"), (2, "d-2")):
            reader, token_hash = Reader(device), hash_secret(device)
            devices.enrol(db, number, 7, reader, name=device, languages_set=None, token_hash=token_hash, now=NOON)
        codes.store_code(db, b"code", codes.Grant("", (), (), None), NOON, 1000)
    copy_database(tmp_path / "hub.sqlite", tmp_path / "copy")
    with Desk(tmp_path) as desk:
        desk.revoke_token("ministry")
        desk.make_token(Role.VIEWER, "new")
        desk.revoke_device("d-2")
    with fresh_database(tmp_path) as db:
        codes.use_code(db, b"code", "d-3", NOON)
        devices.enrol(db, 3, 7, Reader("d-3"), name="", languages_set=None, token_hash=hash_secret("d-3"), now=NOON)
    return secret


def _restore(folder: Path, *, revoke: bool) -> Path | None:
    restoring = Restoring(Folder(folder), folder / "copy")
    forgotten = restoring.compare()
    assert forgotten is not None
    if revoke:
        restoring.revoke_again(forgotten)
    return restoring.finish(forgotten)


def test_what_the_copy_does_not_know_is_found(tmp_path: Path, secret: str) -> None:
    restoring = Restoring(Folder(tmp_path), tmp_path / "copy")
    found = restoring.compare()
    assert found is not None
    assert [name for name, _ in found.tokens_revoked] == ["ministry"]
    assert [device for device, _, _ in found.devices_revoked] == ["d-2"]
    assert (found.tokens_made, found.devices_enrolled) == (("new",), ("d-3",))
    assert found.codes_used == ((b"code", NOON),)
    assert (found.copy_head, found.head) == (2, 3)
    restoring.discard()


@pytest.mark.parametrize("revoke", [True, False])
def test_the_copy_takes_the_place_and_what_stood_there_is_kept(tmp_path: Path, secret: str, revoke: bool) -> None:
    kept = _restore(tmp_path, revoke=revoke)
    assert kept is not None
    with fresh_database(tmp_path) as db:
        assert log.head(db) == 2
        assert (authenticate(db, secret) is None) is revoke
        assert authenticate_device(db, "d-2") == (Revoked("d-2") if revoke else "d-2")
        assert authenticate_device(db, "d-1") == "d-1"
        assert authenticate_device(db, "d-3") is None, "not known, which is not revoked"
        with pytest.raises(CodeInvalidError):
            codes.read_grant(db, b"code", NOON)
    kept.rename(tmp_path / "hub.sqlite")
    with fresh_database(tmp_path) as db:
        assert log.head(db) == 3


def test_nothing_is_left_behind(tmp_path: Path, secret: str) -> None:
    kept = _restore(tmp_path, revoke=False)
    assert kept is not None
    names = {path.name for path in tmp_path.iterdir()}
    assert names <= {"hub.sqlite", "copy", "hub.lock", kept.name}


def test_giving_up_leaves_everything_as_it_was(tmp_path: Path, secret: str) -> None:
    Restoring(Folder(tmp_path), tmp_path / "copy").discard()
    assert not list(tmp_path.glob("restoring*"))
    with fresh_database(tmp_path) as db:
        assert log.head(db) == 3


def test_a_damaged_database_is_replaced_with_its_log_of_writes(tmp_path: Path, secret: str) -> None:
    (tmp_path / "hub.sqlite").write_bytes(b"damaged" * 1000)
    (tmp_path / "hub.sqlite-wal").write_bytes(b"damaged too")
    restoring = Restoring(Folder(tmp_path), tmp_path / "copy")
    assert restoring.compare() is None
    kept = restoring.finish(None)
    assert kept is not None
    assert kept.read_bytes().startswith(b"damaged")
    assert not (tmp_path / "hub.sqlite-wal").exists()
    with fresh_database(tmp_path) as db:
        assert log.head(db) == 2


def test_into_an_empty_folder(tmp_path: Path, secret: str) -> None:
    restoring = Restoring(Folder(tmp_path / "new"), tmp_path / "copy")
    assert restoring.compare() == Forgotten()
    assert restoring.finish(Forgotten()) is None
    with fresh_database(tmp_path / "new") as db:
        assert log.head(db) == 2


@pytest.mark.parametrize("content", [b"a letter" * 1000, b""])
def test_what_is_no_backup_is_refused_and_nothing_left_behind(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "copy").write_bytes(content)
    with pytest.raises(UserError):
        Restoring(Folder(tmp_path / "data"), tmp_path / "copy")
    assert not list((tmp_path / "data").glob("*.sqlite*"))
