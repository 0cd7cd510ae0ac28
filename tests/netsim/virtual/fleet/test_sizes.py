"""All sizes of a run, for as many alerts as it has."""

from __future__ import annotations

from netsim.virtual.fleet.sizes import measure_sizes


def test_one_live_message_and_one_catchup_for_each_alert() -> None:
    sizes = measure_sizes(1)
    assert (len(sizes.exchange.live), len(sizes.exchange.catchups)) == (1, 2)
    assert sizes.heads.request > 0
