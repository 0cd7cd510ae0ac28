from __future__ import annotations

from pathlib import Path

import pytest

from alerts.audience import Reader
from alerts.errors import NameTakenError, UnknownTokenError
from server.store import credentials, devices, log
from server.store.models import Token
from server.store.records import Credential, Revoked, Role
from tests.support.stores import NOON, fresh_database


def test_a_secret_opens_until_it_is_revoked(tmp_path: Path) -> None:
    secret = credentials.make_secret()
    with fresh_database(tmp_path) as db:
        credentials.make_token(db, Role.AUTHOR, "ministry", secret, NOON)
        assert credentials.authenticate(db, secret) == Credential("ministry", Role.AUTHOR)
        assert credentials.authenticate(db, secret[:-1]) is None
        assert credentials.authenticate(db, "") is None
        credentials.revoke_token(db, "ministry", NOON + 1)
        credentials.revoke_token(db, "ministry", NOON + 2)
        assert credentials.authenticate(db, secret) is None
        assert credentials.tokens(db)[0].revoked_at == NOON + 1


def test_a_token_is_not_taken_for_a_feed(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db, pytest.raises(NameTakenError, match="feeds"):
        credentials.make_token(db, Role.AUTHOR, "feed:met", "secret", NOON)


def test_the_secret_is_not_in_the_store(tmp_path: Path) -> None:
    secret = credentials.make_secret()
    with fresh_database(tmp_path) as db:
        credentials.make_token(db, Role.ADMINISTRATOR, "admin", secret, NOON)
        assert bytes(Token.select().get(db).secret_hash) == credentials.hash_secret(secret)
    assert secret.encode() not in b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())


def test_secrets_are_long_and_differ() -> None:
    secrets = {credentials.make_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(len(secret) == 43 for secret in secrets)


def test_a_devices_secret_has_128_bits() -> None:
    secrets = {credentials.make_device_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(len(secret) == 22 for secret in secrets)


def test_a_name_stands_for_one_token_for_ever(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        credentials.make_token(db, Role.VIEWER, "a", "1", NOON)
        credentials.revoke_token(db, "a", NOON)
        with pytest.raises(NameTakenError, match="'a'"):
            credentials.make_token(db, Role.VIEWER, "a", "2", NOON)
        with pytest.raises(NameTakenError, match="needs a name"):
            credentials.make_token(db, Role.VIEWER, " ", "3", NOON)
        with pytest.raises(UnknownTokenError, match="'b'"):
            credentials.revoke_token(db, "b", NOON)


def test_a_revoked_device_is_told_apart_from_one_that_is_not_known(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        token_hash = credentials.hash_secret("secret")
        devices.enrol(db, 1, 7, Reader("d-1"), name="", languages_set=None, token_hash=token_hash, now=NOON)
        assert credentials.authenticate_device(db, "secret") == "d-1"
        devices.revoke(db, "d-1", NOON)
        assert credentials.authenticate_device(db, "secret") == Revoked("d-1")
        assert credentials.authenticate_device(db, "other") is None
