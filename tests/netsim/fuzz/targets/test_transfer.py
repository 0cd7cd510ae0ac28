"""The target `transfer`."""

from __future__ import annotations

import pytest

from netsim.fuzz.targets import transfer
from tests.support.fuzzing import damaged


def test_what_is_good_passes_and_what_is_damaged_is_refused() -> None:
    for data in (*transfer.seeds(), *damaged(transfer.seeds(), 300, seed=4)):
        transfer.check(data)


def test_another_dictionary_under_the_address_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer, "unpack_transfer", lambda data, base, address: transfer.BASE)
    with pytest.raises(AssertionError, match="one dictionary"):
        transfer.check(b"anything")
