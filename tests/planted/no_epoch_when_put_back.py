"""A hub that opens its store goes on in the epoch in which the store was written."""

from __future__ import annotations

import pytest

from netsim.virtual.hub import VirtualHub


def plant(monkeypatch: pytest.MonkeyPatch) -> None:
    begin = VirtualHub._begin_epoch

    def go_on(hub: VirtualHub) -> None:
        if not hub.store.path:
            begin(hub)

    monkeypatch.setattr(VirtualHub, "_begin_epoch", go_on)
