"""Real processes send what the model says; ACKs that travel alone are the kernel's choice."""

from __future__ import annotations

import pytest

from netsim.bench.wire.capture import Captured, Traffic, capture
from netsim.commands.bench import TOCSIN

KEEPALIVES_BYTES_MAX = 200
"""What a few pings and pongs take that may fall into the time, or two alerts answered together on a machine that is busy."""


@pytest.mark.needs("namespaces")
def test_real_packets_carry_what_is_counted() -> None:
    tocsin, mqtt = capture(TOCSIN, alerts=4)
    assert [tocsin.what, mqtt.what] == ["tocsin", "mqtt 3.1.1"]
    for one in (tocsin, mqtt):
        assert abs(one.counted.payload - one.model.payload) <= KEEPALIVES_BYTES_MAX, one
        assert one.counted.packets >= 2 * one.alerts, "down and up"
        assert one.counted.bytes > one.counted.payload
    assert mqtt.model.bytes > tocsin.model.bytes


def test_how_far_off_is_a_share_of_what_was_counted() -> None:
    one = Captured("tocsin", 2, Traffic(100, 10, 200), Traffic(100, 11, 210))
    assert one.as_json() == {
        "what": "tocsin",
        "alerts": 2,
        "counted": {"payload": 100, "packets": 10, "bytes": 200},
        "model": {"payload": 100, "packets": 11, "bytes": 210},
        "off": 0.05,
    }
