from __future__ import annotations

from pathlib import Path

import pytest

from alerts.errors import CodeInvalidError, TooManyAttemptsError
from server.store import codes
from server.store.codes import ALPHABET, Attempts, Grant
from tests.support.stores import HOUR, NOON, fresh_database

GRANT = Grant("clinic phone", ("KE-047",), ("nurse",), ("sw", "en"))


def test_codes_are_easy_to_type_and_differ() -> None:
    made = {codes.make_code() for _ in range(200)}
    assert len(made) == 200
    assert all(len(code) == 11 and code[5] == "-" and set(code) <= set(ALPHABET + "-") for code in made)
    assert not set("01OILUV") & set(ALPHABET)


def test_it_does_not_matter_how_a_code_is_typed() -> None:
    asked = codes.hash_code("7KQ2M-XW4ZD", b"salt")
    assert asked == codes.hash_code(" 7kq2m xw4zd\n", b"salt")
    assert asked != codes.hash_code("7KQ2M-XW4ZE", b"salt")
    assert asked != codes.hash_code("7KQ2M-XW4ZD2", b"salt")
    assert asked != codes.hash_code("7KQ2M-XW4ZD", b"other")


def test_a_code_gives_what_ops_wrote_into_it_once(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        codes.store_code(db, b"hash", GRANT, NOON, HOUR)
        assert codes.read_grant(db, b"hash", NOON) == GRANT
        codes.use_code(db, b"hash", "d-1", NOON)
        with pytest.raises(CodeInvalidError):
            codes.use_code(db, b"hash", "d-2", NOON)


def test_unknown_used_and_expired_codes_are_not_told_apart(tmp_path: Path) -> None:
    words = set()
    with fresh_database(tmp_path) as db:
        codes.store_code(db, b"old", GRANT, NOON - 2 * HOUR, HOUR)
        codes.store_code(db, b"used", GRANT, NOON, HOUR)
        codes.use_code(db, b"used", "d-1", NOON)
        for code_hash in (b"old", b"used", b"unknown"):
            with pytest.raises(CodeInvalidError) as caught:
                codes.read_grant(db, code_hash, NOON)
            words.add(str(caught.value))
    assert len(words) == 1


def test_the_salt_is_made_once(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        assert codes.read_salt(db) is None
        salt = codes.ensure_salt(db)
        assert codes.ensure_salt(db) == codes.read_salt(db) == salt


def test_wrong_codes_are_counted_and_forgotten_after_a_minute() -> None:
    attempts = Attempts()
    for _ in range(Attempts.WRONG_MAX):
        attempts.check(100.0)
        attempts.begun(100.0)
    with pytest.raises(TooManyAttemptsError) as caught:
        attempts.check(130.0)
    assert caught.value.retry_after == 31
    attempts.check(160.0)


def test_a_right_code_does_not_count() -> None:
    attempts = Attempts()
    for _ in range(Attempts.WRONG_MAX * 2):
        attempts.check(100.0)
        attempts.begun(100.0)
        attempts.right()
