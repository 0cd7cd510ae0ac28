from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any
from unittest.mock import patch

from alerts.audience import Audience
from server.events import EventKind
from server.hub import Hub
from server.ops.quiet import Verdict
from server.ops.silence import AREA_DEVICES_MIN, SilenceWatch, lineage
from server.store import codes, silences
from tests.support.stores import NOON, PUBLISHER, SetClock, make_alert, opened_hub

SEED = 20270115
HOUR = NOON // 3600


class Watch:
    """A hub whose past a test writes, and the service that judges it. `online` are the devices that are connected."""

    def __init__(self, hub: Hub, clock: SetClock) -> None:
        self.hub = hub
        self.clock = clock
        self.online: set[str] = set()
        self.service = SilenceWatch(hub, lambda device: device in self.online)

    async def past(self, kind: str, name: str, count: Callable[[int], int], days: int = 30) -> None:
        """What was heard of something in each hour of so many days before now."""
        hour = self.hub.now() // 3600

        def job(db: Any) -> None:
            for one in range(hour - days * 24, hour):
                said = {(silences.HUB, ""): 3600} | ({(kind, name): count(one)} if count(one) else {})
                silences.raise_counts(db, one, said)

        await self.hub.write(job)

    async def hours(self, count: int) -> None:
        """So many hours pass, with the service at work."""
        for _ in range(count * 6):
            self.clock.pass_seconds(600)
            await self.hub.tick()
            await self.service.look()

    async def silent(self) -> list[tuple[str, str]]:
        """What is silent now."""
        return [(one.kind, one.name) for one in await self.service.watched() if one.verdict is Verdict.SILENT]


def run(folder: Path, test: Callable[[Watch], Coroutine[Any, Any, None]]) -> None:
    async def watched() -> None:
        clock = SetClock()
        with patch.object(codes, "_SCRYPT_COST", 2):
            async with opened_hub(folder, clock) as hub:
                await test(Watch(hub, clock))

    asyncio.run(watched())


async def enrol(hub: Hub, area: str, count: int = AREA_DEVICES_MIN) -> list[str]:
    devices = []
    for _ in range(count):
        code = await hub.make_enrolment_code(areas=(area,))
        devices.append((await hub.enrol(code)).device)
    return devices


def test_an_area_falls_silent_and_is_heard_again(tmp_path: Path) -> None:
    async def test(watch: Watch) -> None:
        devices = await enrol(watch.hub, "KE-047")
        await watch.past("area", "KE-047", lambda hour: 5)
        await watch.past("area", "KE", lambda hour: 5)
        watch.online = set(devices)
        await watch.service.look()
        await watch.hours(5)
        assert await watch.silent() == []
        watch.online = set()
        await watch.hours(4)
        assert await watch.silent() == [("area", "KE")], "what lies below a silent area is not told beside it"
        watch.online = set(devices)
        await watch.hours(4)
        assert await watch.silent() == []
        found = [event for event in await watch.hub.events.after(0) if event.kind.startswith("silence")]
        assert [(event.kind, event.members.get("area")) for event in found] == [
            (EventKind.SILENCE_BEGAN, "KE"),
            (EventKind.SILENCE_ENDED, "KE"),
        ]
        watch.online = set()
        await watch.hours(4)
        assert await watch.silent() == [("area", "KE")], "the second silence is noticed like the first"

    run(tmp_path, test)


def test_a_sender_falls_silent_and_publishes_again(tmp_path: Path) -> None:
    async def test(watch: Watch) -> None:
        await watch.past("sender", "ops@health.example", lambda hour: int(hour % 2 == 0))
        await watch.service.look()
        await watch.hours(3)
        assert await watch.silent() == []
        await watch.hours(3)
        assert await watch.silent() == [("sender", "ops@health.example")]
        await watch.hub.publish(make_alert(), Audience(everyone=True), by=PUBLISHER)
        await watch.hours(1)
        assert await watch.silent() == []

    run(tmp_path, test)


def test_a_hub_that_was_down_calls_nobody_silent(tmp_path: Path) -> None:
    async def test(watch: Watch) -> None:
        devices = await enrol(watch.hub, "KE-047")
        await watch.past("area", "KE-047", lambda hour: 5)
        await watch.past("sender", "who", lambda hour: int(hour % 12 == 0))
        watch.clock.pass_seconds(20 * 3600)
        watch.service = SilenceWatch(watch.hub, lambda device: device in watch.online)
        watch.online = set(devices)
        await watch.service.look()
        await watch.hours(6)
        assert await watch.silent() == []

    run(tmp_path, test)


def test_what_is_heard_is_counted_by_hour(tmp_path: Path) -> None:
    async def test(watch: Watch) -> None:
        devices = await enrol(watch.hub, "KE-047-1", AREA_DEVICES_MIN)
        await enrol(watch.hub, "KE-030", 1)
        watch.online = set(devices[:3])
        await watch.hub.publish(make_alert(), Audience(everyone=True), by=PUBLISHER)
        await watch.service.look()
        await watch.hours(1)
        found = await watch.hub.read(lambda db: silences.counts(db, HOUR, kinds=("hub", "area", "sender")))
        assert found["hub", ""] == {HOUR: 3600}
        assert found["sender", "ops@health.example"] == {HOUR: 1}
        assert found["area", "KE-047-1"][HOUR] == found["area", "KE"][HOUR] == 3
        assert ("area", "KE-030") not in found, "too small to be counted"

    run(tmp_path, test)


def test_a_process_that_was_asleep_has_not_watched(tmp_path: Path) -> None:
    async def test(watch: Watch) -> None:
        await watch.service.look()
        watch.clock.pass_seconds(7200)
        await watch.service.look()
        assert await watch.hub.read(lambda db: silences.counts(db, 0, kinds=("hub",))) == {}

    run(tmp_path, test)


def test_counts_are_kept_for_sixty_days(tmp_path: Path) -> None:
    async def test(watch: Watch) -> None:
        await watch.past("sender", "who", lambda hour: 1, days=80)
        await watch.service.look()
        await watch.hours(1)
        found = await watch.hub.read(lambda db: silences.counts(db, 0, kinds=("sender",)))
        assert min(found["sender", "who"]) == HOUR + 1 - 61 * 24

    run(tmp_path, test)


def test_an_irregular_source_is_never_called_silent(tmp_path: Path) -> None:
    chance = random.Random(SEED)

    async def test(watch: Watch) -> None:
        marks, at = set(), HOUR - 60 * 24
        while at < HOUR:
            marks.add(at)
            at += int(6 * chance.paretovariate(0.9)) + 1
        await watch.past("sender", "who", lambda hour: int(hour in marks), days=60)
        await watch.service.look()
        began: Counter[str] = Counter()
        for _ in range(48):
            await watch.hours(1)
            began.update(name for _, name in await watch.silent())
        assert not began, f"seed {SEED}"

    run(tmp_path, test)


def test_lineage_is_an_area_and_all_that_it_lies_in() -> None:
    assert lineage(("KE-047-1", "UG")) == {"KE", "KE-047", "KE-047-1", "UG"}
