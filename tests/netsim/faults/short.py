"""A hub, a link and a device in one process, with short patience: for troubles that take a real one minutes to be sure of."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path

import pytest

from alerts import limits
from client import ConnectionChanged, FieldClient, Trouble
from netsim.faults.link_fault import LinkFault
from netsim.faults.service_front import ServiceFront
from tests.support.device import ALARM_PATIENCE_S, Device
from tests.support.hub import RunningHub, running_hub
from tests.support.site import warning
from tests.support.waiting import until

PATIENCE_S = 0.5


class ShortDevice(Device):
    """It asks soon whether the hub is there."""

    async def start(self) -> None:
        """Switch it on."""
        self.client = FieldClient(self.folder, keepalive_s=PATIENCE_S, alarm_patience_s=ALARM_PATIENCE_S)
        self.client.on_event(self.events.append)
        await self.client.start()

    def connect_soon(self) -> bool:
        """Somebody picks it up. True, so that it can stand in a condition."""
        self.client.connect_now()
        return True


def meets(folder: Path, monkeypatch: pytest.MonkeyPatch, fault: LinkFault, trouble: Trouble, words: str) -> None:
    """Under this fault a device that was connected comes to be in this trouble, and says so in these words; then it recovers."""
    monkeypatch.setattr(limits, "ANSWER_SECONDS", PATIENCE_S)
    monkeypatch.setattr("client.patience.PATIENCE_SECONDS_MIN", PATIENCE_S)
    monkeypatch.setattr("client.link.GOODBYE_SECONDS", PATIENCE_S)
    with running_hub(folder / "hub") as hub, ServiceFront(hub.address) as front:
        asyncio.run(_through(ShortDevice(folder / "nyota"), hub, front, fault, trouble, words))


async def _through(
    device: ShortDevice, hub: RunningHub, front: ServiceFront, fault: LinkFault, trouble: Trouble, words: str
) -> None:
    code = hub.do(hub.hub.make_enrolment_code())
    await device.join(f"http://{front.address}", code, ("en",))
    await device.start()
    try:
        await until(device.is_connected, "it is connected")
        await asyncio.to_thread(fault.begin_on, front, random.Random(1))
        await asyncio.to_thread(publish, hub, "meanwhile")
        await until(lambda: _has_met(device, trouble), f"the device meets {trouble}")
        told = [
            event.words for event in device.events if isinstance(event, ConnectionChanged) and event.trouble is trouble
        ]
        assert words in told[0]
        assert not device.arrivals()

        await asyncio.to_thread(fault.end_on, front)
        device.client.connect_now()
        await until(lambda: device.arrivals()["meanwhile"] == 1, "what came meanwhile is there")
        await device.client.acknowledge("meanwhile")
        await until(device.is_all_sent, "the hub has the acknowledgement")
        assert device.arrivals() == Counter(["meanwhile"])
    finally:
        await device.stop()


def _has_met(device: ShortDevice, trouble: Trouble) -> bool:
    return device.connect_soon() and trouble in device.troubles()


def publish(hub: RunningHub, identifier: str) -> None:
    """An alert for everyone."""
    body = {"alert": warning(identifier), "audience": {"everyone": True}}
    said = hub.ask("POST", "/v1/alerts", json=body)
    assert said.status_code == 201, said.text
