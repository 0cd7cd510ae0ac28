from __future__ import annotations

from alerts.errors import TocsinError
from netsim.toxiproxy.refusals import AddressError, RefusalError


def test_a_refusal_carries_its_detail_and_stands_in_the_tree() -> None:
    error = AddressError("what exactly")
    assert (error.detail, str(error)) == ("what exactly", "what exactly")
    assert isinstance(error, RefusalError)
    assert isinstance(error, TocsinError)
