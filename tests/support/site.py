"""A hub as a child process, field devices, and a link between each of them that can be made bad: where journeys happen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from client.clocks import Clocks
from netsim.toxiproxy.control import Link, ToxiproxyServer, start_embedded
from server.hub import Role
from tests.support.device import Device
from tests.support.hub_child import HubChild, hub_child
from tests.support.waiting import until


class Site:
    """The hub, the server of the links, and what people do with both."""

    def __init__(self, folder: Path, hub: HubChild, links: ToxiproxyServer) -> None:
        self.folder = folder
        self.hub = hub
        self.devices: dict[str, Device] = {}
        self._links = links
        self._link_of: dict[str, Link] = {}

    async def device(
        self,
        name: str,
        *,
        areas: tuple[str, ...] = (),
        roles: tuple[str, ...] = (),
        languages: tuple[str, ...] = ("en",),
        clocks: Clocks | None = None,
    ) -> Device:
        """A new device that has joined, over a link of its own, and is switched off."""
        link = await asyncio.to_thread(self._links.link, name, self.hub.upstream)
        body = {"areas": areas, "roles": roles, "name": name}
        code = (await self.hub.said("POST", "/v1/enrolment-codes", 201, json=body))["code"]
        device = Device(self.folder / name, clocks)
        await device.join(f"http://{link.address}", code, languages)
        self.devices[name], self._link_of[name] = device, link
        return device

    async def connected(self, *devices: Device) -> None:
        """Switch them on, and wait until they are connected."""
        for device in devices:
            await device.start()
        for device in devices:
            await until(device.is_connected, f"{device.folder.name} is connected")

    async def cut(self, device: Device) -> None:
        """No way to the hub until `heal`."""
        await asyncio.to_thread(self._link_of[device.folder.name].cut)
        await until(lambda: not device.is_connected(), f"{device.folder.name} has noticed the cut")

    async def heal(self, device: Device) -> None:
        """The way is free again, and somebody picks the device up."""
        await asyncio.to_thread(self._link_of[device.folder.name].heal)
        device.client.connect_now()

    async def publish(self, identifier: str, audience: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """Publish a small alert (`warning`); what the hub answered with 201."""
        body = {"alert": warning(identifier, **changes), "audience": audience}
        answer: dict[str, Any] = await self.hub.said("POST", "/v1/alerts", 201, role=Role.AUTHOR, json=body)
        return answer

    async def follow(self, what: str, identifier: str, alert: dict[str, Any]) -> None:
        """Publish an `update` or `cancel` of an alert; `alert` says what is different."""
        different = {name: value for name, value in alert.items() if name != "msgType"}
        path = f"/v1/alerts/{identifier}/{what}"
        await self.hub.said("POST", path, 201, role=Role.AUTHOR, json={"alert": different})

    async def counts(self, identifier: str) -> dict[str, int]:
        """State -> how many devices are in it, without the zeros."""
        said = await self.hub.said("GET", f"/v1/alerts/{identifier}/delivery", role=Role.VIEWER)
        return {state: count for state, count in said["counts"].items() if count}

    async def until_counts(self, identifier: str, **counts: int) -> None:
        """Wait until ops see these counts (underscores for spaces)."""
        wanted = {state.replace("_", " "): count for state, count in counts.items()}

        async def holds() -> bool:
            return await self.counts(identifier) == wanted

        await until(holds, f"{identifier} has come so far: {wanted}")

    async def until_in_force(self, device: Device, *identifiers: str) -> None:
        """Wait until exactly these are in force on a device."""

        async def holds() -> bool:
            return await device.in_force() == set(identifiers)

        await until(holds, f"{device.folder.name} has in force {sorted(identifiers)}")


def warning(identifier: str, **changes: Any) -> dict[str, Any]:
    """A small alert as JSON, without times: the hub fills in `sent`, and how long it holds. `severity` is the info's."""
    info = {
        "category": ["Health"],
        "event": "Cholera",
        "urgency": "Immediate",
        "severity": changes.pop("severity", "Moderate"),
        "certainty": "Likely",
    }
    infos = [
        {**info, "language": "en", "headline": f"Boil all water: {identifier}"},
        {**info, "language": "fr", "headline": f"Faites bouillir l'eau : {identifier}"},
    ]
    alert = {
        "identifier": identifier,
        "sender": "moh.example",
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
    }
    return {**alert, "info": infos, **changes}


@asynccontextmanager
async def site(folder: Path) -> AsyncIterator[Site]:
    """All of it for as long as the block lasts."""
    with hub_child(folder / "hub") as hub, start_embedded(seed=1) as links:
        place = Site(folder, hub, links)
        try:
            yield place
        finally:
            for device in place.devices.values():
                await device.stop()
