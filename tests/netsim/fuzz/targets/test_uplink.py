"""The target `uplink`."""

from __future__ import annotations

import pytest

from netsim.fuzz.targets import uplink
from tests.support.fuzzing import damaged


def test_what_is_good_passes_and_what_is_damaged_is_refused() -> None:
    for data in (*uplink.seeds(), *damaged(uplink.seeds(), 300, seed=4)):
        uplink.check(data)


def test_an_item_that_comes_back_changed_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, *_ = uplink.seeds()
    monkeypatch.setattr(uplink, "pack_uplink", lambda one: first)
    with pytest.raises(AssertionError, match="written and read again"):
        uplink.check(second)
