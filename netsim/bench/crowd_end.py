"""`python -m netsim.bench.crowd_end FOLDER`: many real field clients in one process, each with its store in FOLDER.

What it says and is asked: netsim.bench.lines. `devices` are (name, token) of devices that the hub at `address` knows;
`acknowledge` is an alert's identity.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from alerts.errors import UserError
from client import AlertArrived, ConnectionChanged, Event, FieldClient, LinkState, ReceiptsStored
from client.clocks import system_clocks
from client.store import Identity, Store
from client.worker import Worker
from netsim.bench.lines import Message, answer_all, say

PATIENCE_S = 120.0
AT_ONCE = 20
"""Clients that open their stores at the same moment."""


class Crowd:
    """The clients. They connect as applications do, and all acknowledge when they are told."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._clients: dict[str, FieldClient] = {}
        self._waiting: dict[type[Event], set[str]] = {}
        """Kind of event → the devices from which it has not come."""
        self._changed = asyncio.Event()

    async def start(self, address: str, devices: Sequence[tuple[str, str]]) -> None:
        """Make their stores, and connect. Raises UserError: it cannot be done, or not in time."""
        gate = asyncio.Semaphore(AT_ONCE)
        names = {device for device, _ in devices}
        self._waiting = {ConnectionChanged: set(names), AlertArrived: set(names), ReceiptsStored: set(names)}

        async def begin(device: str, token: str) -> None:
            async with gate:
                folder = self._folder / device
                await _make_store(folder, Identity(device, token, address, device))
                client = self._clients[device] = FieldClient(folder)
                client.on_event(lambda event: self._told(device, event))
                await client.start()

        await asyncio.gather(*(begin(device, token) for device, token in devices))
        await self._all(ConnectionChanged, "are connected")

    def _told(self, device: str, event: Event) -> None:
        if isinstance(event, ConnectionChanged) and event.state is not LinkState.CONNECTED:
            return
        waiting = self._waiting.get(type(event))
        if waiting is not None:
            waiting.discard(device)
            self._changed.set()

    async def _all(self, kind: type[Event], what: str) -> None:
        """Wait until an event has come from each. Raises UserError: not in time."""
        waiting = self._waiting[kind]
        try:
            async with asyncio.timeout(PATIENCE_S):
                while waiting:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            lacking = f"{len(self._clients) - len(waiting)} of {len(self._clients)} devices {what}"
            raise UserError(f"{lacking} after {PATIENCE_S:g} s") from None

    async def acknowledge(self, alert: str) -> tuple[float, float]:
        """Once each has an alert, all acknowledge it at once; when that began and when the hub had said that it has the last
        receipt, as `time.time()`. Raises UserError: not in time."""
        await self._all(AlertArrived, "have the alert")
        began = time.time()
        await asyncio.gather(*(client.acknowledge(alert) for client in self._clients.values()))
        await self._all(ReceiptsStored, "know that the hub has their receipt")
        return began, time.time()

    async def stop(self) -> None:
        """Say goodbye."""
        await asyncio.gather(*(client.stop() for client in self._clients.values()))


async def _make_store(folder: Path, identity: Identity) -> None:
    """As joining leaves it."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    worker = Worker()
    try:
        await worker.open(lambda: Store(folder, system_clocks(), random.SystemRandom()))
        await worker.do(lambda store: store.join(identity, ("en",)))
    finally:
        await worker.close()


LEAST = 19
"""Devices have processors of their own: what they compute here must not hold up the hub and the page."""


def main(folder: str) -> None:
    """Be a crowd until the input closes."""
    os.nice(LEAST)
    with asyncio.Runner() as runner:
        crowd: list[Crowd] = []

        async def begin(asked: Message) -> Message:
            crowd.append(Crowd(Path(folder)))
            await crowd[0].start(asked["address"], [(one[0], one[1]) for one in asked["devices"]])
            return {"started": len(asked["devices"])}

        async def act(alert: str) -> Message:
            began, ended = await crowd[0].acknowledge(alert)
            return {"began_at": began, "ended_at": ended}

        def answer(asked: Message) -> Message:
            if "devices" in asked:
                return runner.run(begin(asked))
            if "acknowledge" in asked:
                return runner.run(act(asked["acknowledge"]))
            runner.run(crowd[0].stop())
            return {"stopped": True}

        runner.get_loop()
        say(ready=True)
        answer_all(answer)


if __name__ == "__main__":
    main(*sys.argv[1:])
