"""A question from the publisher to the field and the answers back: online, later, after a resend, after a restore."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from alerts.cap.question import Question
from client import AnswerStored
from server.hub import Role
from tests.journeys.test_main_job import EVERYONE, on_site
from tests.support.questions import NUMBER, ONE_OF, YES_NO, parameters_for
from tests.support.site import Site, warning
from tests.support.waiting import until


def asking(identifier: str, question: Question) -> list[dict[str, Any]]:
    """The infos of an alert that asks in both its languages."""
    parameter = [{"valueName": name, "value": value} for name, value in parameters_for(question)]
    return [{**info, "parameter": parameter} for info in warning(identifier)["info"]]


async def answers(place: Site, identifier: str, **query: str) -> dict[str, Any]:
    """What ops see."""
    said: dict[str, Any] = await place.hub.said(
        "GET", f"/v1/alerts/{identifier}/answers", role=Role.VIEWER, params=query
    )
    return said


async def until_answered(place: Site, identifier: str, **tally: object) -> None:
    """Wait until the counts are these."""

    async def holds() -> bool:
        found = (await answers(place, identifier))["tally"]
        return {name: found[name] for name in tally} == tally

    await until(holds, f"{identifier} is answered: {tally}")


@on_site
async def test_devices_answer_online_and_later_and_each_counts_once(place: Site) -> None:
    nyota = await place.device("nyota", areas=("KE-047-0312",))
    awa = await place.device("awa", areas=("KE-001",), languages=("fr",))
    await place.connected(nyota, awa)
    await place.publish("road", EVERYONE, info=asking("road", ONE_OF))
    await place.until_counts("road", delivered=2)

    await nyota.client.answer("road", 0)
    await until_answered(place, "road", count=1, choices=[1, 0, 0])
    await nyota.client.answer("road", 1)
    await until_answered(place, "road", count=1, choices=[0, 1, 0])

    await place.cut(awa)
    await awa.client.answer("road", 2)
    await awa.client.answer("road", 1)
    await awa.stop()
    await awa.start()
    assert (await awa.entries())["road"].is_unanswered is False
    await place.heal(awa)
    await until_answered(place, "road", count=2, choices=[0, 2, 0])
    await place.until_counts("road", answered=2)
    await until(lambda: any(isinstance(event, AnswerStored) for event in awa.events), "awa knows that the hub has it")

    found = await answers(place, "road", area="KE-047")
    assert [one["device"] for one in found["devices"]] == [nyota.name]
    assert [(one["area"], one["choices"]) for one in (await answers(place, "road"))["areas"]] == [
        ("KE-001", [0, 1, 0]),
        ("KE-047-0312", [0, 1, 0]),
    ]


@on_site
async def test_an_answer_that_was_queued_before_the_cancel_is_kept_and_late(place: Site) -> None:
    nyota, awa = await place.device("nyota"), await place.device("awa")
    await place.connected(nyota, awa)
    await place.publish("doses", EVERYONE, info=asking("doses", NUMBER))
    await place.until_counts("doses", delivered=2)
    await nyota.client.answer("doses", 120)
    await until_answered(place, "doses", count=1)
    await place.cut(awa)
    await awa.client.answer("doses", 40)
    await place.follow("cancel", "doses", {"identifier": "doses-off"})
    await place.heal(awa)
    await until_answered(place, "doses", count=2, late=1)
    found = await answers(place, "doses")
    assert found["tally"]["numbers"] == {"min": 40, "median": 80, "max": 120, "sum": 160}
    assert {one["device"]: one["late"] for one in found["devices"]} == {nyota.name: False, awa.name: True}


@on_site
async def test_answers_come_again_to_a_hub_that_was_put_back(place: Site) -> None:
    nyota, awa = await place.device("nyota"), await place.device("awa")
    await place.connected(nyota, awa)
    await place.publish("fridge", EVERYONE, info=asking("fridge", YES_NO))
    await place.until_counts("fridge", delivered=2)
    await nyota.client.answer("fridge", True)
    await until_answered(place, "fridge", count=1)
    place.hub.command("backup", place.folder / "copy")
    await nyota.client.answer("fridge", False)
    await awa.client.answer("fridge", True)
    await until_answered(place, "fridge", yes=1, no=1)

    await _put_back(place, place.folder / "copy")
    for device in (nyota, awa):
        device.client.connect_now()
    await until_answered(place, "fridge", count=2, yes=1, no=1)
    await place.until_counts("fridge", answered=2)


async def _put_back(place: Site, copy: Path) -> None:
    await asyncio.to_thread(place.hub.stop)
    place.hub.command("restore", copy, "--keep")
    await asyncio.to_thread(place.hub.start)
