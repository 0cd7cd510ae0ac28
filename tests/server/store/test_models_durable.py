from __future__ import annotations

from server.store.models import TABLES
from server.store.models_durable import DurableRow


def test_the_table_is_among_the_store_s() -> None:
    assert DurableRow in TABLES
