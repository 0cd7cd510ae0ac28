from __future__ import annotations

from server.store.models import TABLES
from server.store.models_places import Outline, RosterRow


def test_the_tables_are_among_the_store_s() -> None:
    assert {Outline, RosterRow} <= set(TABLES)
