"""The judge alone, on plain data: each promise kept and each broken."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from netsim.judge import invariants
from netsim.judge.invariants import Held, Inbox, Listed, ViolationError


def held(number: int | None = 1, **changes: object) -> Held:
    values: dict[str, object] = {
        "epoch": 7,
        "number": number,
        "is_shown": True,
        "is_confirmed": True,
        "was_alarmed": True,
        "languages": "en",
    }
    return Held(**{**values, **changes})  # type: ignore[arg-type]


def inbox(
    alerts: dict[str, Held], quarantine: set[tuple[int, int]] | None = None, gone: frozenset[str] = frozenset()
) -> Inbox:
    return Inbox("d0/1", alerts, quarantine or set(), gone)


ENTRY = Listed("a", 7, 1)


def test_imports_nothing_of_ours() -> None:
    tree = ast.parse(Path(invariants.__file__).read_text(encoding="utf-8"))
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert names == {"__future__", "collections.abc", "dataclasses"}


def test_what_is_shown_is_what_is_in_force() -> None:
    invariants.check_nothing_lost(inbox({"a": held()}), [ENTRY], "en", {})
    invariants.check_nothing_lost(inbox({"a": held(is_shown=False)}), [], "en", {})
    invariants.check_nothing_lost(inbox({}, {(7, 1)}), [ENTRY], "en", {})


@pytest.mark.parametrize(
    ("alerts", "words"),
    [
        ({}, "does not show"),
        ({"a": held(is_shown=False)}, "does not show"),
        ({"a": held(is_confirmed=False)}, "unconfirmed"),
        ({"a": held(languages="fr")}, "not in 'en'"),
        ({"a": held(was_alarmed=False)}, "never raised"),
        ({"a": held(), "b": held(2)}, "still shows b"),
    ],
)
def test_what_is_missing_wrong_or_too_much(alerts: dict[str, Held], words: str) -> None:
    with pytest.raises(ViolationError, match=words):
        invariants.check_nothing_lost(inbox(alerts), [ENTRY], "en", {})


def test_what_a_fork_lost_may_be_shown_unconfirmed() -> None:
    invariants.check_nothing_lost(inbox({"b": held(None, is_confirmed=False)}), [], "en", {})


def test_what_is_in_force_may_be_shown_though_a_newer_text_of_it_is_in_quarantine() -> None:
    invariants.check_nothing_lost(inbox({"a": held(languages="fr")}, {(7, 1)}), [ENTRY], "en", {})


def test_a_device_cannot_know_what_an_update_replaced_that_it_cannot_read() -> None:
    invariants.check_nothing_lost(inbox({"b": held(2)}, {(7, 3)}), [], "en", {"b": (7, 3)})


def test_uplink() -> None:
    invariants.check_uplink_complete("d0/1", ["x"], {"x", "y"})
    with pytest.raises(ViolationError, match="invariant 1"):
        invariants.check_uplink_complete("d0/1", ["x"], {"y"})
    invariants.check_takes_effect_once({"x": 1})
    with pytest.raises(ViolationError, match="invariant 2"):
        invariants.check_takes_effect_once({"x": 2})


def test_one_entry_under_two_identities() -> None:
    invariants.check_nothing_twice(inbox({"a": held(1), "b": held(None), "c": held(None)}))
    with pytest.raises(ViolationError, match="twice"):
        invariants.check_nothing_twice(inbox({"a": held(1), "b": held(1)}))


def test_alarms() -> None:
    invariants.check_alarm("d0/1", "a", 2, 1)
    with pytest.raises(ViolationError, match="raised the alarm"):
        invariants.check_alarm("d0/1", "a", 2, 0)


def test_the_cursor() -> None:
    invariants.check_cursor("d0/1", 3, 3, was_fork=False)
    invariants.check_cursor("d0/1", 3, 1, was_fork=True)
    with pytest.raises(ViolationError, match="invariant 3"):
        invariants.check_cursor("d0/1", 3, 1, was_fork=False)


@pytest.mark.parametrize("check", [invariants.check_passed, invariants.check_claim])
def test_what_has_been_passed_or_claimed_is_here(check: object) -> None:
    assert callable(check)
    cancel = Listed("c", 7, 2, frozenset({"x"}))
    check(inbox({"a": held()}, {(7, 3)}, frozenset({"x"})), [ENTRY, cancel, Listed("q", 7, 3)])
    for missing in (ENTRY, cancel):
        with pytest.raises(ViolationError):
            check(inbox({}), [missing])


def test_only_what_was_addressed() -> None:
    invariants.check_addressed(inbox({"a": held()}), {"a"})
    with pytest.raises(ViolationError, match="invariant 7"):
        invariants.check_addressed(inbox({"a": held()}), {"b"})


def test_rest() -> None:
    invariants.check_at_rest("d0/1", 3, 10)
    with pytest.raises(ViolationError, match="invariant 6"):
        invariants.check_at_rest("d0/1", 10, 10)
