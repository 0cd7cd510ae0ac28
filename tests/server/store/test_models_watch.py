from __future__ import annotations

from server.store.models import TABLES
from server.store.models_watch import ReachSample


def test_the_table_is_among_the_store_s() -> None:
    assert ReachSample in TABLES
