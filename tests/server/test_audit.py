from __future__ import annotations

from server.audit import ACTIONS, AuditAction


def test_every_action_has_a_meaning_and_a_word_that_fits_its_column() -> None:
    assert set(ACTIONS) == set(AuditAction)
    assert all(meaning.endswith(".") for meaning in ACTIONS.values())
    assert all(len(action) <= 32 and "." in action for action in AuditAction)
