"""Rules as they are kept: each wording is a row of its own, so that what was done can always be read under what was said."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from peewee import SqliteDatabase

from alerts.errors import NameTakenError, UnknownRuleError
from server.store.models_escalation import RuleRow


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """One wording of a rule. `spec` is its JSON; `ended_at`: when another took its place, or it was removed; `off_at`: when it
    was switched off, if it is."""

    id: int
    name: str
    spec: dict[str, Any]
    made_by: str
    made_at: int
    ended_at: int | None = None
    off_at: int | None = None


def rules(db: SqliteDatabase) -> list[RuleRecord]:
    """Those that hold, by name, be they on or off."""
    rows = RuleRow.select().where(RuleRow.ended_at.is_null()).order_by(RuleRow.name).execute(db)
    return [_record(row) for row in rows]


def rules_at_work(db: SqliteDatabase) -> list[RuleRecord]:
    """Those of them that are on."""
    return [one for one in rules(db) if one.off_at is None]


def rule(db: SqliteDatabase, name: str) -> RuleRecord:
    """The one of this name that holds. Raises UnknownRuleError."""
    row = RuleRow.select().where((RuleRow.name == name) & RuleRow.ended_at.is_null()).get_or_none(db)
    if row is None:
        raise UnknownRuleError(f"there is no rule {name[:100]!r}")
    return _record(row)


def wordings(db: SqliteDatabase, ids: list[int]) -> dict[int, RuleRecord]:
    """These wordings, whether they hold or not."""
    return {row.id: _record(row) for row in RuleRow.select().where(RuleRow.id.in_(ids)).execute(db)}


def add_rule(db: SqliteDatabase, name: str, spec: dict[str, Any], by: str, now: int) -> RuleRecord:
    """Add one. Raises NameTakenError."""
    if RuleRow.select().where((RuleRow.name == name) & RuleRow.ended_at.is_null()).exists(db):
        raise NameTakenError(f"there is a rule {name!r} already")
    return _insert(db, name, spec, by, now)


def change_rule(db: SqliteDatabase, name: str, spec: dict[str, Any], by: str, now: int) -> RuleRecord:
    """Another wording takes the place of the one that holds; one that is off stays off. Raises UnknownRuleError."""
    off_at = rule(db, name).off_at
    end_rule(db, name, now)
    return _insert(db, name, spec, by, now, off_at)


def switch_rule(db: SqliteDatabase, name: str, by: str, now: int, *, is_on: bool) -> RuleRecord:
    """Switch one off, or on again: then it begins as if it were added, under an id of its own. Raises UnknownRuleError."""
    found = rule(db, name)
    if is_on == (found.off_at is None):
        return found
    if is_on:
        end_rule(db, name, now)
        return _insert(db, name, found.spec, by, now)
    RuleRow.update(off_at=now).where(RuleRow.id == found.id).execute(db)
    return replace(found, off_at=now)


def end_rule(db: SqliteDatabase, name: str, now: int) -> None:
    """The rule holds no more; what it did stays readable. Raises UnknownRuleError."""
    found = rule(db, name)
    RuleRow.update(ended_at=now).where(RuleRow.id == found.id).execute(db)


def _insert(
    db: SqliteDatabase, name: str, spec: dict[str, Any], by: str, now: int, off_at: int | None = None
) -> RuleRecord:
    text = json.dumps(spec, ensure_ascii=False)
    number: int = RuleRow.insert(name=name, spec=text, made_by=by, made_at=now, off_at=off_at).execute(db)
    return RuleRecord(number, name, spec, by, now, off_at=off_at)


def _record(row: RuleRow) -> RuleRecord:
    return RuleRecord(row.id, row.name, json.loads(row.spec), row.made_by, row.made_at, row.ended_at, row.off_at)
