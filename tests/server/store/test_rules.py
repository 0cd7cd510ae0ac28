from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alerts.errors import NameTakenError, UnknownRuleError
from server.store.rules import add_rule, change_rule, end_rule, rule, rules, rules_at_work, switch_rule, wordings
from tests.support.stores import NOON, fresh_database

SPEC: dict[str, Any] = {"when": {}, "steps": [{"after_seconds": 0, "tell": [{"contact": "a"}]}]}


def test_each_wording_is_kept_under_an_id_of_its_own(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        one = add_rule(db, "one", SPEC, "the-administrator", NOON)
        with pytest.raises(NameTakenError):
            add_rule(db, "one", SPEC, "the-administrator", NOON)
        two = change_rule(db, "one", SPEC | {"steps": []}, "another", NOON + 5)
        assert rule(db, "one") == two and rules(db) == [two]
        assert wordings(db, [one.id])[one.id].ended_at == NOON + 5
        end_rule(db, "one", NOON + 9)
        assert rules(db) == []
        with pytest.raises(UnknownRuleError):
            rule(db, "one")
        with pytest.raises(UnknownRuleError):
            change_rule(db, "one", SPEC, "x", NOON)
        assert add_rule(db, "one", SPEC, "x", NOON + 10).id > two.id


def test_one_that_is_off_stays_off_under_another_wording_and_begins_anew_when_it_is_on(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        one = add_rule(db, "one", SPEC, "a", NOON)
        off = switch_rule(db, "one", "b", NOON + 1, is_on=False)
        assert (off.id, off.off_at, off.made_by) == (one.id, NOON + 1, "a")
        assert rules(db) == [off] and rules_at_work(db) == []
        assert switch_rule(db, "one", "b", NOON + 2, is_on=False) == off
        changed = change_rule(db, "one", SPEC | {"steps": []}, "c", NOON + 3)
        assert rules(db) == [changed] and rules_at_work(db) == []
        on = switch_rule(db, "one", "d", NOON + 4, is_on=True)
        assert (on.spec, on.made_by, on.made_at, on.off_at) == (changed.spec, "d", NOON + 4, None)
        assert on.id > changed.id > one.id and rules_at_work(db) == rules(db) == [on]
        assert switch_rule(db, "one", "e", NOON + 5, is_on=True) == on
        with pytest.raises(UnknownRuleError):
            switch_rule(db, "two", "e", NOON, is_on=True)
