from __future__ import annotations

from server.store.models import TABLES
from server.store.models_answers import Answer


def test_the_table_is_among_the_store_s() -> None:
    assert Answer in TABLES
