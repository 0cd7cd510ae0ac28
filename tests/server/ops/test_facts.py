from __future__ import annotations

import asyncio
from pathlib import Path
from unittest.mock import patch

from alerts.audience import Audience
from alerts.cap.terms import Category, Certainty, Severity, Urgency
from server.delivery import DeliveryState
from server.hub import Hub
from server.ops.facts import FRESH_S, alert_facts
from server.ops.rules import AlertMatch, DeviceFacts
from tests.support.escalation import KENYA, Field, in_the_field
from tests.support.stores import PUBLISHER, make_alert


def test_devices_are_read_once_until_something_happens(tmp_path: Path) -> None:
    async def test() -> None:
        async with in_the_field(tmp_path) as field:
            await field.contact("wanjiru")
            one = await field.device("KE-047", name="Clinic A", supervisor="wanjiru")
            gone = await field.device("KE-047")
            await field.hub.revoke_device(gone)
            number = await field.publish(make_alert())
            expected = DeviceFacts(one, "Clinic A", ("KE-047",), "wanjiru", DeliveryState.ADDRESSED)
            with patch.object(Hub, "delivery", autospec=True, side_effect=Hub.delivery) as read:
                for _ in range(3):
                    assert await field.facts.devices(number) == (expected,)
                assert read.call_count == 1
                await field.acknowledge(number, one)
                assert (await field.facts.devices(number))[0].state is DeliveryState.ACKNOWLEDGED
                assert read.call_count == 2
                field.clock.pass_seconds(FRESH_S)
                await field.facts.devices(number)
                assert read.call_count == 3

    asyncio.run(test())


def test_devices_in_an_area(tmp_path: Path) -> None:
    async def test() -> None:
        async with in_the_field(tmp_path) as field:
            one = await field.device("KE-047-1")
            await field.device("KE-030")
            await field.hub.revoke_device(await field.device("KE-047"))
            assert [found.device for found in await field.facts.devices_in("KE-047")] == [one]

    asyncio.run(test())


def test_an_alert_is_as_grave_as_its_gravest_info(tmp_path: Path) -> None:
    async def facts(field: Field) -> None:
        info = make_alert().to_json()["info"][0]
        other = info | {"severity": "Extreme", "urgency": "Future", "certainty": "Unlikely", "category": ["Env"]}
        alert = make_alert(info=[info, {**other, "language": "fr", "event": "Choléra"}])
        published = await field.hub.publish(alert, KENYA, by=PUBLISHER)
        stored = await field.hub.alert(str(published.number))
        said = alert_facts(stored)
        assert (said.severity, said.urgency, said.certainty) == (
            *(Severity.EXTREME, Urgency.IMMEDIATE, Certainty.OBSERVED),
        )
        assert said.categories == {Category.HEALTH, Category.ENV} and said.events == ("Cholera", "Choléra")
        assert said.audience == Audience(areas=("KE",))
        assert field.facts.matches(AlertMatch(areas=("KE-047",)), stored)
        assert not field.facts.matches(AlertMatch(areas=("UG",)), stored)

    async def test() -> None:
        async with in_the_field(tmp_path) as field:
            await facts(field)

    asyncio.run(test())
