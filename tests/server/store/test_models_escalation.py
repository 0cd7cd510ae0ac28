from __future__ import annotations

from server.store.models import TABLES
from server.store.models_escalation import ESCALATION_TABLES


def test_the_tables_are_among_the_store_s() -> None:
    assert set(ESCALATION_TABLES) <= set(TABLES)
