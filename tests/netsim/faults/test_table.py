"""The table of faults."""

from __future__ import annotations

import pytest

from alerts.errors import UserError
from netsim.faults.fault import Need
from netsim.faults.table import FAULTS, make


def test_each_fault_stands_under_its_own_name_and_says_what_it_does_and_needs() -> None:
    for name, kind in FAULTS.items():
        assert (kind.name, type(make(name))) == (name, kind)
        assert kind.summary
        assert kind.needs
        assert kind.is_of_hub == (Need.HUB in kind.needs and Need.DEVICE not in kind.needs)


def test_an_unknown_fault_is_refused_with_those_that_exist() -> None:
    with pytest.raises(UserError, match="no fault 'flood'") as refused:
        make("flood")
    assert "captive-portal" in refused.value.hint
