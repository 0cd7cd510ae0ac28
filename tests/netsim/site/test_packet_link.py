"""Links of packets: processes in namespaces, and faults that nobody is told of."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from alerts.errors import UserError
from netsim.faults.captive_portal import CaptivePortal
from netsim.profiles.profile import Profile, Way
from netsim.site.packet_link import PacketLinks
from netsim.site.site import Site, people
from tests.netsim.site.publishing import has, publish, until_connected, until_has
from tests.support.waiting import wait_until

SLOW = Profile(name="slow", title="Slow", up=Way(delay_ms=40), down=Way(delay_ms=40, duplicate=0.1))


@pytest.mark.needs("namespaces")
def test_a_site_on_packets(tmp_path: Path) -> None:
    with Site(tmp_path, PacketLinks(1, seed=1), people(1)) as site:
        (device,) = site.devices
        site.apply(SLOW, seed=1)
        assert site.unreproduced == ()
        until_connected(device)
        until_has(device, publish(site, "on-packets"))
        device.link.cut()
        assert device.link.state == "cut"
        key = publish(site, "while-cut")
        device.link.stall("downstream")
        device.link.black_hole("upstream")
        assert not has(device, key)
        site.heal()
        assert device.link.state == "open"
        device.link.reset()
        site.hub.kill()
        site.hub.start()
        device.connect_now()
        until_has(device, key)
        wait_until(lambda: device.link.traffic().connections >= 2, "the reset brought another connection")
        carried = device.link.traffic()
        assert carried.up_bytes == sum(count for kind, count in carried.kinds.items() if kind.startswith("up "))
        device.link.clear()
        fault = CaptivePortal(answer="page")
        with fault.lasting(site, device, random.Random(1)):
            wait_until(lambda: device.connect_now() and device.troubles[-1:], "the portal has broken the connection")
            wait_until(lambda: device.connect_now() and device.troubles[-1][0] == "NOT_A_HUB", "the portal answers")
            key = publish(site, "behind-a-portal")
        device.connect_now()
        until_has(device, key)
        with pytest.raises(UserError, match="all are taken"):
            site.links.link("another")
