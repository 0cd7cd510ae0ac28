"""The target `item`."""

from __future__ import annotations

import pytest

from netsim.fuzz.targets import item
from tests.support.fuzzing import damaged


def test_what_is_good_passes_and_what_is_damaged_is_refused() -> None:
    for data in (*item.seeds(), *damaged(item.seeds(), 300, seed=4)):
        item.check(data)


def test_an_alert_that_cannot_be_written_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(alert: object) -> bytes:
        raise KeyError("no such term")

    monkeypatch.setattr(item, "to_xml", broken)
    with pytest.raises(KeyError):
        for data in item.seeds():
            item.check(data)
