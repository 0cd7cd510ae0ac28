"""Publishing at a site, and waiting for what comes of it."""

from __future__ import annotations

import time

from netsim.site.device import SiteDevice
from netsim.site.site import Site
from server.store.records import Role
from tests.support.site import warning
from tests.support.waiting import wait_until

ASK_EVERY_S = 5.0


def publish(site: Site, identifier: str, **changes: object) -> str:
    """An alert for everyone; its key."""
    body = {"alert": warning(identifier, **changes), "audience": {"everyone": True}}
    site.hub.said("POST", "/v1/alerts", 201, role=Role.AUTHOR, body=body)
    return f"moh.example,{identifier}"


def has(device: SiteDevice, key: str) -> bool:
    """Whether it has told its user of the alert."""
    return any(arrival.key == key for arrival in device.ledger.arrivals())


def until_has(device: SiteDevice, key: str) -> None:
    """Wait for that."""
    wait_until(lambda: has(device, key), f"{device.name} has {key}")


def until_connected(*devices: SiteDevice) -> None:
    """Wait until they are. A device may rightly stay away for a minute or ten, so its person asks again and again."""
    for device in devices:
        asking = _Asking(device)
        wait_until(asking.is_connected, f"{device.name} is connected")


class _Asking:
    """Somebody who looks whether the device is connected, and has it try at once where it is not."""

    def __init__(self, device: SiteDevice) -> None:
        self._device = device
        self._ask_again_at = time.monotonic() + ASK_EVERY_S

    def is_connected(self) -> bool:
        if self._device.connection == "CONNECTED":
            return True
        if time.monotonic() > self._ask_again_at:
            self._ask_again_at = time.monotonic() + ASK_EVERY_S
            self._device.connect_now()
        return False
