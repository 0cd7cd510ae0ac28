"""A store that is opened goes on in the outbox epoch of the opening before: a clone and its original write the same numbers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from netsim.virtual.device_store import DeviceStore


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = DeviceStore.open

    def go_on(store: DeviceStore, new_epoch: Callable[[], int], name_item: Callable[[], str]) -> None:
        begin(store, new_epoch, name_item)
        store._writing = next(reversed(store.books), 0)

    monkeypatch.setattr(DeviceStore, "open", go_on)
