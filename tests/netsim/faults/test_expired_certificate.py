"""A real client, a real hub, and TLS between whose certificate expires."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from alerts.errors import UserError
from client import Trouble
from client.joining import Application, join
from netsim.faults.captive_portal import CaptivePortal
from netsim.faults.expired_certificate import ExpiredCertificate
from netsim.faults.fault import Fault
from netsim.faults.service_front import ServiceFront
from tests.support.device import Device
from tests.support.hub import RunningHub, running_hub
from tests.support.site import warning
from tests.support.waiting import until

CHANCE = random.Random(1)
EVERYONE = {"everyone": True}


def _publish(hub: RunningHub, identifier: str) -> None:
    said = hub.ask("POST", "/v1/alerts", json={"alert": warning(identifier), "audience": EVERYONE})
    assert said.status_code == 201, said.text


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (ExpiredCertificate(), "expired"),
        (ExpiredCertificate("other-name"), "mismatch"),
        (ExpiredCertificate("unknown-authority"), "issuer"),
        (CaptivePortal(), "issuer"),
    ],
    ids=["expired", "another name", "an unknown authority", "a portal's own"],
)
def test_the_device_says_what_is_wrong_with_it_and_comes_back(
    tmp_path: Path, fault: ExpiredCertificate | CaptivePortal, words: str
) -> None:
    authority = tmp_path / "authority.pem"
    with running_hub(tmp_path / "hub") as hub, ServiceFront(hub.address, tls=True, authority_file=authority) as front:
        asyncio.run(_through(Device(tmp_path / "nyota"), hub, front, fault, words, authority))


async def _through(
    nyota: Device,
    hub: RunningHub,
    front: ServiceFront,
    fault: ExpiredCertificate | CaptivePortal,
    words: str,
    authority: Path,
) -> None:
    code = hub.do(hub.hub.make_enrolment_code())
    application = Application(f"https://{front.address}", code, languages=("en",), ca_file=str(authority))
    nyota.identity = await join(nyota.folder, application)
    await nyota.start()
    try:
        await until(nyota.is_connected, "it is connected over TLS")
        await asyncio.to_thread(fault.begin_on, front, CHANCE)
        await until(lambda: not nyota.is_connected(), "it has noticed")
        nyota.client.connect_now()
        await until(lambda: Trouble.CERTIFICATE in nyota.troubles(), "it does not trust the certificate")
        assert words in nyota.client.connection.words
        await asyncio.to_thread(_publish, hub, "meanwhile")
        with pytest.raises(UserError, match="certificate"):
            await join(
                nyota.folder.with_name("another"),
                Application(f"https://{front.address}", "CODE", ca_file=str(authority)),
            )

        await asyncio.to_thread(fault.end_on, front)
        nyota.client.connect_now()
        await until(lambda: nyota.arrivals()["meanwhile"] == 1, "what came meanwhile is there")
    finally:
        await nyota.stop()


def test_it_is_a_fault_of_clients_with_tls() -> None:
    assert isinstance(ExpiredCertificate(), Fault)
