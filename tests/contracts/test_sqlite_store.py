"""The store on SQLite keeps the contract."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.store.database import Store
from tests.contracts.store_contract import StoreContract
from tests.support.stores import started_store


class TestSqliteStore(StoreContract):
    """All of it."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[Store]:
        """An empty store."""
        with started_store(tmp_path) as store:
            yield store
