"""An idle hour, measured on a real hub and the real client. How much it takes is not judged here."""

from __future__ import annotations

import pytest

from alerts import limits
from netsim.bench.idle import Exchange, Report, Run, exchange
from netsim.commands.bench import TOCSIN
from netsim.packet.network import open_network


def test_an_hour_has_as_many_exchanges_as_its_interval_lets() -> None:
    one = Exchange(114.0, 58.0, 0.0)
    assert one.bytes_per_hour(3600) == 172
    assert one.bytes_per_hour(60) == 60 * 172
    assert Exchange(114.0, 58.0, 60.0).bytes_per_hour(60) == 30 * 172


def test_machines_read_the_runs_and_the_default() -> None:
    report = Report(Exchange(114.0, 58.0, 0.0), (Run(55.0, 11_258),), ())
    assert report.as_json()["runs"] == [{"keep_alive_s": 55.0, "bytes_per_hour": 11_258}]
    assert report.as_json()["default_keep_alive_s"] == limits.KEEPALIVE_SECONDS_MAX
    assert report.bytes_per_hour_by_default == round(172 * 3600 / limits.KEEPALIVE_SECONDS_MAX)


@pytest.mark.needs("namespaces")
def test_a_keep_alive_is_three_packets() -> None:
    with open_network("tun") as network:
        one = exchange(TOCSIN, network, 2)
    header = 20 + 20 + 12
    assert one.bytes_up == (header + 10) + header, "a ping, and the acknowledgement of the pong"
    assert one.bytes_down == header + 6, "a pong, which acknowledges the ping"
    assert one.extra_s >= 0
