"""How far a program has come, kept under the name that it chose."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.errors import DurableError
from server.store import durable
from server.store.durable import KEPT_S, Standing
from tests.support.stores import NOON, fresh_database

START = Standing(5, present=9)


def test_it_begins_where_it_is_told_and_goes_on_where_it_was(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        assert durable.begin(db, "ops", "desk", "/alerts", START, NOON) == (START, True)
        assert durable.begin(db, "ops", "desk", "/alerts", Standing(7), NOON) == (START, False)
        durable.save(db, "ops", "desk", 8, (10, 12), NOON)
        assert durable.begin(db, "ops", "desk", "/alerts", Standing(7), NOON) == (Standing(8, (10, 12), 9), False)
        assert durable.begin(db, "other", "desk", "/alerts", Standing(7), NOON) == (Standing(7), True)


def test_what_is_forgotten_is_new_again_and_saving_it_does_nothing(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        durable.begin(db, "ops", "desk", "/alerts", START, NOON)
        durable.forget(db, "ops", "desk")
        durable.save(db, "ops", "desk", 8, (), NOON)
        assert durable.begin(db, "ops", "desk", "/events", Standing(1), NOON) == (Standing(1), True)


def test_another_destination_needs_another_name(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        durable.begin(db, "ops", "desk", "/alerts", START, NOON)
        with pytest.raises(DurableError, match="'desk' is of /alerts; take another name for /events"):
            durable.begin(db, "ops", "desk", "/events", START, NOON)


def test_there_are_so_many_of_a_token_and_unused_ones_make_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(durable, "A_TOKEN_MAX", 2)
    with fresh_database(tmp_path) as db:
        for name in ("a", "b"):
            durable.begin(db, "ops", name, "/alerts", START, NOON)
        durable.save(db, "ops", "a", 6, (), NOON + KEPT_S)
        with pytest.raises(DurableError, match="at most 2"):
            durable.begin(db, "ops", "c", "/alerts", START, NOON + KEPT_S)
        assert durable.begin(db, "ops", "c", "/alerts", START, NOON + KEPT_S + 1) == (START, True)
        assert durable.begin(db, "ops", "a", "/alerts", START, NOON)[1] is False, "b was forgotten, a is in use"
