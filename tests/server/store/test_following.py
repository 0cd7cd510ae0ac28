"""Alerts with the gravity of what they replace, and whom events concern, read from the store."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alerts.audience import Audience
from alerts.cap.terms import Severity
from server.store import following
from tests.support.stores import EVERYONE, NOON, PUBLISHER, make_alert, opened_hub
from tests.support.stores import following as follow


def test_a_page_says_up_to_where_it_is_all_that_there_is(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened_hub(tmp_path) as hub:
            await hub.publish(make_alert("a"), EVERYONE, by=PUBLISHER)
            await hub.enrol(await hub.make_enrolment_code())
            await hub.publish(follow("Cancel", "b", make_alert("a"), info=[]), EVERYONE, by=PUBLISHER)
            await hub.enrol(await hub.make_enrolment_code())

            def page(after: int, limit: int, in_force: bool | None = None) -> object:
                return hub.read(lambda db: following.alerts_page(db, after, limit, in_force, NOON))

            found, upto = await page(0, 1)  # type: ignore[misc]
            assert ([one.stored.number for one in found], upto) == ([1], 1)
            found, upto = await page(1, 10)  # type: ignore[misc]
            assert ([(one.stored.number, one.severity) for one in found], upto) == ([(3, Severity.SEVERE)], 4)
            found, upto = await page(0, 10, True)  # type: ignore[misc]
            assert (found, upto) == ([], 4)
            assert (await page(9, 10))[1] == 9, "never back"  # type: ignore[misc]

    asyncio.run(run())


def test_whom_alerts_and_devices_concern(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened_hub(tmp_path) as hub:
            await hub.publish(make_alert("a"), Audience(areas=("KE",)), by=PUBLISHER)
            await hub.publish(follow("Update", "b", make_alert("a")), Audience(areas=("UG",)), by=PUBLISHER)
            device = (await hub.enrol(await hub.make_enrolment_code(areas=("KE-1", "KE-2")))).device
            await hub.revoke_device(device)
            reaches = await hub.read(lambda db: following.reaches(db, [1, 2, 99]))
            assert reaches == {
                1: (Audience(areas=("KE",)),),
                2: (Audience(areas=("UG",)), Audience(areas=("KE",))),
            }
            areas = await hub.read(lambda db: following.areas_of_devices(db, [device, "d-none"]))
            assert areas == {device: ("KE-1", "KE-2")}

    asyncio.run(run())
