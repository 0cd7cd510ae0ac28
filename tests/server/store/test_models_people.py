from __future__ import annotations

from server.store.models import TABLES
from server.store.models_people import Person, SessionRow


def test_the_tables_are_among_the_store_s() -> None:
    assert {Person, SessionRow} <= set(TABLES)
