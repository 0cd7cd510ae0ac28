"""Publishing at a site, and waiting for what comes of it."""

from __future__ import annotations

from netsim.site.device import SiteDevice
from netsim.site.site import Site
from server.store.records import Role
from tests.support.site import warning
from tests.support.waiting import wait_until


def publish(site: Site, identifier: str, **changes: object) -> str:
    """An alert for everyone; its key."""
    body = {"alert": warning(identifier, **changes), "audience": {"everyone": True}}
    site.hub.said("POST", "/v1/alerts", 201, role=Role.PUBLISHER, body=body)
    return f"moh.example,{identifier}"


def has(device: SiteDevice, key: str) -> bool:
    """Whether it has told its user of the alert."""
    return any(arrival.key == key for arrival in device.ledger.arrivals())


def until_has(device: SiteDevice, key: str) -> None:
    """Wait for that."""
    wait_until(lambda: has(device, key), f"{device.name} has {key}")


def until_connected(*devices: SiteDevice) -> None:
    """Wait until they are."""
    for device in devices:
        wait_until(lambda device=device: device.connection == "CONNECTED", f"{device.name} is connected")  # type: ignore[misc]
