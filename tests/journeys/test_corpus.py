"""Real alerts over a link that breaks all the time: what goes in as CAP XML comes out of an inbox the same."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from alerts.cap.from_xml import from_xml
from alerts.cap.model import Alert
from alerts.cap.references import references_in
from alerts.cap.terms import MsgType, Scope
from netsim.toxiproxy.control import Link, ToxiproxyServer, start_embedded
from netsim.workload import load_samples, rebase
from server.clock import HubClock
from tests.support.cap_compare import differences
from tests.support.corpus_files import Accepted, Refused, cap_files, classify
from tests.support.device import Device
from tests.support.hub import RunningHub, running_hub
from tests.support.site import warning
from tests.support.waiting import until

RESET_EVERY_S = (0.2, 0.5)
RESETS_MIN = 2
AREA = "KE"
DAY_S = 86_400
XML = {"Content-Type": "application/cap+xml"}

FILES = [classify(path) for path in cap_files()]
ACCEPTED = [file for file in FILES if isinstance(file, Accepted)]
REFUSED = [file for file in FILES if isinstance(file, Refused)]
NO_CORPUS = [pytest.param(None, id="no corpus")]


def _params(files: list[Accepted] | list[Refused]) -> list[object]:
    return [pytest.param(file, id=file.path.name[:60]) for file in files] or list(NO_CORPUS)


@pytest.fixture(scope="module")
def links() -> Iterator[ToxiproxyServer]:
    """Where links are made."""
    with start_embedded(seed=1) as server:
        yield server


@pytest.fixture(scope="module")
def hub_for_refusals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A hub that has nothing to publish."""
    with running_hub(tmp_path_factory.mktemp("hub")) as hub:
        yield hub


def clock_at(seconds: int) -> HubClock:
    """A hub's clock that shows this time now, and goes on from there."""
    ahead = seconds - time.monotonic()
    return HubClock(lambda: time.monotonic() + ahead)


class Field:
    """A device that asked for all languages, behind a link that is reset every few hundred milliseconds."""

    def __init__(self, hub: RunningHub, device: Device) -> None:
        self.hub = hub
        self.device = device
        self.resets = 0

    async def publish(self, xml: bytes, alert: Alert) -> None:
        """Publish a file over HTTP, and wait until the device has it."""
        audience = f"device={self.device.name}" if alert.scope is Scope.PRIVATE else f"area={AREA}"
        said = await asyncio.to_thread(lambda: self.hub.ask("POST", f"/v1/alerts?{audience}", data=xml, headers=XML))
        assert said.status_code == 201, said.text
        await self.has(alert.key)

    async def stand_in(self, sender: str, identifier: str, sent: str) -> None:
        """Publish something for what an update or cancel names, and wait until the device has it."""
        alert = warning(identifier, sender=sender, sent=sent)
        until_then = f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(self.hub.hub.now() + DAY_S))}-00:00"
        alert["info"] = [info | {"expires": until_then} for info in alert["info"]]
        body = {"alert": alert, "audience": {"areas": [AREA]}}
        said = await asyncio.to_thread(lambda: self.hub.ask("POST", "/v1/alerts", json=body))
        assert said.status_code == 201, said.text
        await self.has(f"{sender},{identifier}")

    async def has(self, key: str) -> None:
        """Wait until an alert is in the inbox."""

        async def holds() -> bool:
            return key in {entry.key for entry in await self.device.client.inbox()}

        await until(holds, f"{key} is in the inbox")

    async def exported(self, key: str) -> bytes:
        """An alert of the inbox as CAP 1.2 XML, after the link was reset some times."""
        await until(lambda: self.resets >= RESETS_MIN, "the link was reset")
        return (await self.device.client.show(key)).to_xml()

    async def reset(self, link: Link, chance: random.Random) -> None:
        """Break every connection, again and again. Nobody waits for the backoff: the device is picked up each time."""
        while True:
            await asyncio.sleep(chance.uniform(*RESET_EVERY_S))
            await asyncio.to_thread(link.reset)
            self.resets += 1
            self.device.client.connect_now()


@asynccontextmanager
async def field(folder: Path, hub: RunningHub, links: ToxiproxyServer) -> AsyncIterator[Field]:
    """It is on, and its link breaks, as long as the block lasts."""
    link = await asyncio.to_thread(links.link, folder.parent.name, f"127.0.0.1:{hub.process.port}")
    device = Device(folder)
    code = hub.do(hub.hub.make_enrolment_code(areas=(AREA,)))
    await device.join(f"http://{link.address}", code, ("*",))
    there = Field(hub, device)
    await device.start()
    breaking = asyncio.create_task(there.reset(link, random.Random(1)))
    try:
        yield there
    finally:
        breaking.cancel()
        await asyncio.wait([breaking])
        await device.stop()
        await asyncio.to_thread(link.close)


@pytest.mark.needs("corpus")
@pytest.mark.parametrize("file", _params(ACCEPTED))
def test_a_real_alert_comes_out_of_the_inbox_as_it_went_in(
    tmp_path: Path, links: ToxiproxyServer, file: Accepted
) -> None:
    xml, alert = file.path.read_bytes(), file.reading.alert

    async def journey(hub: RunningHub) -> None:
        async with field(tmp_path / "device", hub, links) as there:
            if alert.msg_type in (MsgType.UPDATE, MsgType.CANCEL):
                for reference in dict.fromkeys(references_in(alert.references)):
                    await there.stand_in(*reference)
            await there.publish(xml, alert)
            assert differences(xml, await there.exported(alert.key)) == []
            assert there.device.arrivals()[alert.identifier] == 1

    with running_hub(tmp_path / "hub", clock_at(alert.sent.seconds)) as hub:
        asyncio.run(journey(hub))


@pytest.mark.needs("corpus")
@pytest.mark.parametrize("file", _params(REFUSED))
def test_any_other_file_is_refused_with_the_reason_and_the_line(hub_for_refusals: RunningHub, file: Refused) -> None:
    said = hub_for_refusals.ask("POST", "/v1/alerts?everyone=true", data=file.path.read_bytes(), headers=XML)
    assert said.status_code == 422
    violations = said.json()["violations"]
    assert violations
    for violation in violations:
        assert violation["problem"] and violation["path"]
        assert violation["line"] >= 1
    assert hub_for_refusals.ask("GET", "/v1/alerts").json()["alerts"] == []


def test_every_sample_comes_out_of_the_inbox_as_it_went_in(tmp_path: Path, links: ToxiproxyServer) -> None:
    async def journey(hub: RunningHub) -> None:
        async with field(tmp_path / "device", hub, links) as there:
            files = [rebase(sample.xml, hub.hub.now()) for sample in load_samples()]
            alerts = [from_xml(xml).alert for xml in files]
            for xml, alert in zip(files, alerts, strict=True):
                await there.publish(xml, alert)
                assert differences(xml, await there.exported(alert.key)) == []
            assert there.device.arrivals() == Counter(alert.identifier for alert in alerts)

    with running_hub(tmp_path / "hub") as hub:
        asyncio.run(journey(hub))
