from __future__ import annotations

from pathlib import Path

from alerts.session.claim import Claim
from alerts.session.spans import Spans
from server.store.claims import Heard, read_claims, write_claims
from tests.support.stores import NOON, fresh_database

HIGH = Heard(
    Claim(2**32 - 1, 2**32 - 1, 2**53 - 1, 2**53 - 1, (2**53 - 1,), Spans([(5, 899)]), 2**53 - 1),
    ("sw", "en"),
    NOON,
)


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        assert read_claims(db) == {}
        write_claims(db, {"d-1": HIGH, "d-2": Heard()})
        assert read_claims(db) == {"d-1": HIGH, "d-2": Heard()}


def test_a_claim_can_go_down(tmp_path: Path) -> None:
    low = Heard(Claim(1, 7, 3, 4), (), NOON - 5)
    with fresh_database(tmp_path) as db:
        write_claims(db, {"d-1": HIGH})
        write_claims(db, {"d-1": low})
        assert read_claims(db) == {"d-1": low}


def test_many_are_written_at_once(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        write_claims(db, {f"d-{index}": Heard(Claim(cursor=index)) for index in range(321)})
        assert {heard.claim.cursor for heard in read_claims(db).values()} == set(range(321))
