"""An alert that comes again, in another language or after a roll-call, raises its alarm again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.session.inbox import Alarm, Row
from netsim.virtual.device_store import DeviceStore


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    put = DeviceStore.put

    def loud(store: DeviceStore, row: Row) -> None:
        known = store.rows.get(row.key)
        put(store, replace(row, alarm=Alarm.DUE) if known is not None and known.item != row.item else row)

    monkeypatch.setattr(DeviceStore, "put", loud)
