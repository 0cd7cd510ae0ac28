"""Everything that the demo runs, set up and taken down: a folder, a hub, bad links, meters, devices, a ledger."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from netsim.demo.cast import CAST, Person
from netsim.demo.device import Device, Tell
from netsim.demo.hub_process import HubProcess
from netsim.demo.ledger import Ledger
from netsim.demo.meter import Meter
from netsim.judge.stores import Verdict, judge_stores
from netsim.toxiproxy.control import ToxiproxyServer, start_embedded

SETTLE_SECONDS_MAX = 30.0
_LOOK_SECONDS = 0.25


class Stage:
    """A context manager: set up within, all ended after it. Everything is in `folder`, what libraries log too."""

    def __init__(self, folder: Path, tell: Tell, *, seed: int = 0) -> None:
        self.folder = folder
        self.devices: list[Device] = []
        self._tell = tell
        self._seed = seed
        self._happened = asyncio.Event()
        self._cleaning = AsyncExitStack()
        self.hub = HubProcess(self.folder / "hub")
        self.ledger = Ledger(self.folder / "ledger.sqlite")

    async def __aenter__(self) -> Self:
        self._cleaning.callback(self.ledger.close)
        self._log_to(self.folder / "demo.log")
        try:
            await self._set_up()
        except BaseException:
            await self._cleaning.aclose()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._cleaning.aclose()

    def _log_to(self, file: Path) -> None:
        handler = logging.FileHandler(file)
        logging.getLogger().addHandler(handler)
        self._cleaning.callback(handler.close)
        self._cleaning.callback(logging.getLogger().removeHandler, handler)

    async def _set_up(self) -> None:
        self._cleaning.push_async_callback(self.hub.stop)
        await self.hub.start()
        self._tell("", "A hub runs, a process of its own; its operators have imported the list of areas.")
        links = await asyncio.to_thread(start_embedded, self._seed)
        self._cleaning.push_async_callback(asyncio.to_thread, links.stop)
        for person in CAST:
            self.devices.append(await self._place(person, links))
        async with asyncio.TaskGroup() as joining:
            for device in self.devices:
                joining.create_task(self._join(device))

    async def _place(self, person: Person, links: ToxiproxyServer) -> Device:
        meter = Meter(self.hub.port)
        await meter.start()
        self._cleaning.push_async_callback(meter.stop)
        link = await asyncio.to_thread(links.link, person.short, meter.address)
        folder = self.folder / f"device-{len(self.devices) + 1}"
        device = Device(person, folder, link, meter, self.ledger, self._tell, self._happened)
        self._cleaning.push_async_callback(device.stop)
        return device

    async def _join(self, device: Device) -> None:
        person = device.person
        code = await self.hub.make_code(person.areas, person.roles, person.short)
        await device.start(code)
        areas, languages = ", ".join(person.areas), ", ".join(person.languages)
        self._tell(
            person.short, f"({person.post}) has joined over {person.link.words}; gets {areas}; reads {languages}"
        )

    async def verdict(self) -> Verdict:
        """What the stores hold now."""
        stores = [device.store for device in self.devices]
        return await asyncio.to_thread(judge_stores, self.hub.database, stores, self.ledger.file, int(time.time()))

    async def until(self, is_so: Callable[[], bool]) -> bool:
        """Wait for something that devices tell; False if it does not come in time."""
        return await self._until(lambda _: is_so())

    async def has_all(self, device: Device) -> bool:
        """Wait until the device has all that is in force for it; False if it does not come to that in time."""
        return await self._until(lambda verdict: all(name != device.device for name, _ in verdict.found["lost"]))

    async def has_receipts(self, device: Device) -> bool:
        """Wait until the hub has what this person did."""
        return await self._until(
            lambda verdict: (
                all(name != device.device for name, _ in verdict.found["acknowledgements_lost"])
                and device.receipts_waiting == 0
            )
        )

    async def settled(self) -> bool:
        """Wait until every device has everything, and the hub knows it."""
        return await self._until(lambda verdict: verdict.is_clean and verdict.confirmed == verdict.delivered)

    async def _until(self, is_so: Callable[[Verdict], bool]) -> bool:
        try:
            async with asyncio.timeout(SETTLE_SECONDS_MAX):
                while not is_so(await self.verdict()):
                    await self._look_again()
        except TimeoutError:
            return False
        return True

    async def _look_again(self) -> None:
        """When something has happened on a device; what happens at the hub alone is looked for a few times a second."""
        self._happened.clear()
        try:
            await asyncio.wait_for(self._happened.wait(), _LOOK_SECONDS)
        except TimeoutError:
            return

    async def close_stores(self) -> None:
        """Stop every client and the hub, in order, so that the stores are at rest."""
        for device in self.devices:
            await device.stop()
        await self.hub.stop()
