"""A device's lives, and copies of its store."""

from __future__ import annotations

import pytest

from netsim.site.site import Site
from tests.netsim.site.publishing import has, publish, until_connected, until_has

pytestmark = pytest.mark.xdist_group("site")


def test_a_killed_device_comes_back_with_what_it_missed(running: Site) -> None:
    device = running.devices[0]
    device.kill()
    assert (device.connection, device.pid, device.connect_now()) == ("OFF", None, False)
    assert device.lives in device.killed_lives
    key = publish(running, "while-it-was-dead")
    device.start()
    until_has(device, key)
    device.stop()
    assert device.lives not in device.killed_lives


def test_a_device_put_back_from_a_copy_has_another_store(running: Site) -> None:
    device = running.devices[0]
    until_connected(device)
    copy = device.backup()
    key = publish(running, "after-the-copy-of-the-device")
    until_has(device, key)
    life = device.store_life
    device.restore(copy)
    assert device.store_life == life + 1
    until_connected(device)
    device.reboot()
    until_connected(device)
    assert has(device, key)
