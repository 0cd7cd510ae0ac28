"""What was asked can be asked again, word by word, and what cannot be is refused."""

from __future__ import annotations

import pytest

from alerts.errors import UserError
from netsim.chaos.options import AVAILABLE, Options
from netsim.faults.table import FAULTS


def test_all_is_every_fault_that_a_site_can_have() -> None:
    menu = Options("gprs", 1.0, 1).fault_menu()
    assert set(menu) == {name for name, kind in FAULTS.items() if kind.needs <= AVAILABLE["toxiproxy"]}
    assert menu["hub-kill"] and not menu["cut"]
    assert "expired-certificate" not in menu


def test_some_and_none() -> None:
    assert set(Options("gprs", 1.0, 1, faults="cut, hub-kill").fault_menu()) == {"cut", "hub-kill"}
    assert Options("gprs", 1.0, 1, faults="none").fault_menu() == {}


def test_the_model_has_the_faults_that_it_knows() -> None:
    assert "hub-kill" in Options("gprs", 1.0, 1, "virtual").fault_menu()
    with pytest.raises(UserError, match="via virtual: that would need real processes"):
        Options("gprs", 1.0, 1, "virtual", faults="hub-disk-full").fault_menu()


@pytest.mark.parametrize(("faults", "words"), [("cut,cutt", "no fault 'cutt'"), ("expired-certificate", "TLS")])
def test_what_cannot_be_is_named(faults: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        Options("gprs", 1.0, 1, faults=faults).fault_menu()


def test_the_command_says_all_of_it() -> None:
    command = Options("my link.toml", 1.5, 42, "toxiproxy", "real", 2, "cut", (3, 5)).command
    assert command == (
        "tocsin-netsim chaos --profile 'my link.toml' --minutes 1.5 --seed 42 --via toxiproxy --devices 2 --faults cut "
        "--toxiproxy real --only 3,5"
    )
