"""What is trained on: everything that is for everybody, in order, in the languages that devices ask for."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alerts.audience import Audience
from server.dictionary.history import DAY_S, History, of_alerts, of_store
from tests.support.history import history
from tests.support.stores import EVERYONE, NOON, PUBLISHER, fresh_database, make_alert, opened_hub


def test_files_make_the_history_that_they_would_have_made() -> None:
    alerts = list(history(50))
    found = of_alerts([*reversed(alerts), alerts[3]])
    assert [entry.payload for entry in found.entries] == alerts
    assert found.times[0] < found.times[-1] == found.now
    assert found.share() == 1 and found.wishes == (("*",),)


def test_what_is_not_for_everybody_is_left_out_unless_asked_for() -> None:
    alerts = [*history(5), *history(4, scope="Restricted"), *history(3, scope="Private")]
    assert len(of_alerts(alerts).entries) == 5 and of_alerts(alerts).left_out == 7
    assert len(of_alerts(alerts, with_restricted=True).entries) == 9


def test_a_store_gives_its_archive_too_and_knows_its_readers(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened_hub(tmp_path) as hub:
            await hub.publish(make_alert("short"), Audience(areas=("KE-1",)), by=PUBLISHER)
            await hub.publish(make_alert("long"), EVERYONE, by=PUBLISHER)
            for areas, languages in ((("KE-1-1",), ("sw",)), (("UG",), ("sw",)), (("UG",), ("fr",))):
                await hub.enrol(await hub.make_enrolment_code(areas=areas), languages=languages)

    asyncio.run(run())
    with fresh_database(tmp_path) as db:
        found = of_store(db, NOON + 100 * DAY_S)
    assert [entry.key.partition(",")[2] for entry in found.entries] == ["short", "long"]
    assert found.wishes == (("sw",), ("fr",))
    assert found.share() == 0.5
    assert found.times == (NOON, NOON) and found.daily(30) == 0


def test_the_rate_is_that_of_the_days_that_there_are() -> None:
    of_ten_days = History((), tuple(DAY_S * day // 2 for day in range(20)), 10 * DAY_S)
    assert of_ten_days.daily(30) == of_ten_days.daily(90) == 2
    assert of_ten_days.daily(8) == 2
    assert History((), (0,) * 21, DAY_S).daily(30) == 3, "a rate is told over a week at least"
    assert History((), (), 0).daily(30) == 0
