"""What is counted as it happens is what the store says, whatever happens."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from pathlib import Path
from random import Random

import pytest

from alerts.session.claim import Claim
from server import scope
from server.delivery import DeliveryState
from server.hub import Hub
from server.live.view import View
from server.store import codes
from server.store import progress as progress_rows
from server.watch.board import Board
from server.watch.situation import Situation
from server.watch.tallies import ORDER, levels, named
from server.watch.watch import Watch
from tests.support.stores import SetClock, opened_hub
from tests.support.watched import Happenings

BOUNDS: tuple[tuple[str, ...], ...] = ((), ("KE-1",), ("UG", "KE-2"))


async def check_board(hub: Hub, watch: Watch, number: int) -> None:
    delivery = await hub.delivery(number)
    board = watch.boards[number]
    assert named(board.counts[: len(ORDER)]) == delivery.counts
    states = {
        one.device: ORDER[state]
        for one, state in zip(watch.roster.devices, board.states, strict=True)
        if state < len(ORDER)
    }
    assert states == {one.device: one.state for one in delivery.devices}


async def check_view(hub: Hub, view: View) -> None:
    heard, now = hub.heard(), hub.now()
    found = await hub.read(lambda db: progress_rows.progress(db, view.number, heard, now, view.bound))
    assert named(view.tallies.counts) == found.counts
    assert {code: named(counts) for code, counts in view.tallies.areas.items() if any(counts)} == {
        row.area: row.counts for row in found.areas
    }
    points = view.snapshot("x", {}, now)["progress"]["points"]
    assert [(point["seen"], point["acknowledged"], point["answered"]) for point in points] == [
        (point.seen, point.acknowledged, point.answered) for point in found.course.points
    ]


async def counts_of(hub: Hub, number: int, bound: tuple[str, ...]) -> dict[DeliveryState, int]:
    heard, now = hub.heard(), hub.now()
    return (await hub.read(lambda db: progress_rows.progress(db, number, heard, now, bound))).counts


async def check_situation(hub: Hub, watch: Watch, situation: Situation) -> None:
    in_force = {entry.number: entry for entry in hub.log if hub.log.in_force(entry, hub.now())}
    areas = {row.device: row.areas for row in await hub.devices()}
    visible = {}
    lacking: dict[str, set[str]] = {}
    for number in in_force:
        stored = await hub.alert(str(number))
        if not scope.may_see(situation.bound, stored.reach, hub.areas_of):
            continue
        visible[number] = await counts_of(hub, number, situation.bound)
        for one in (await hub.delivery(number)).devices:
            if one.state is DeliveryState.ADDRESSED:
                for code in levels(areas[one.device], situation.bound):
                    lacking.setdefault(code, set()).add(one.device)
    assert {number: named(row.counts) for number, row in situation.alerts.items()} == visible
    assert {code: counts.lacking for code, counts in situation.areas.items() if counts.lacking} == {
        code: len(devices) for code, devices in lacking.items()
    }


@pytest.fixture(autouse=True)
def quick_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Codes are hashed slowly on purpose; here nobody guesses."""
    monkeypatch.setattr(codes, "hash_code", lambda code, salt: sha256(salt + code.encode()).digest())


@pytest.mark.parametrize("seed", range(4))
def test_whatever_happens_the_counts_are_those_of_the_store(tmp_path: Path, seed: int) -> None:
    async def run() -> None:
        clock, random = SetClock(), Random(seed)
        async with opened_hub(tmp_path, clock) as hub:
            happenings = Happenings(hub, clock, random)
            for _ in range(5):
                await happenings.enrol()
            watch = Watch(hub)
            situations = [Situation(bound, hub.areas_of, lambda number: number in watch.in_force) for bound in BOUNDS]
            for situation in situations:
                await watch.follow(situation)
            views: list[View] = []
            done: list[str] = []
            for step in range(15):
                done += [await happenings.go_on() for _ in range(random.randrange(1, 5))]
                if random.random() < 0.15:
                    view = View(random.choice(happenings.alerts)[0], random.choice(BOUNDS))
                    await watch.follow(view, view.number)
                    views.append(view)
                await hub.tick()
                await watch.look()
                try:
                    for number in watch.boards:
                        await check_board(hub, watch, number)
                    for view in views:
                        await check_view(hub, view)
                    for situation in situations:
                        await check_situation(hub, watch, situation)
                except AssertionError as error:
                    error.add_note(f"seed {seed}, step {step}: {done}")
                    raise

    asyncio.run(run())


def test_an_acknowledgement_is_one_judgement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        clock = SetClock()
        async with opened_hub(tmp_path, clock) as hub:
            happenings = Happenings(hub, clock, Random(1))
            devices = [await happenings.enrol() for _ in range(20)]
            number = await happenings.publish()
            watch = Watch(hub)
            view = View(number, ())
            await watch.follow(view, number)
            judged: list[int] = []
            judge = Board.judge

            def noting(self: Board, place: int, claim: Claim, now: int) -> None:
                judged.append(place)
                judge(self, place, claim, now)

            monkeypatch.setattr(Board, "judge", noting)
            addressed = next(one.device for one in (await hub.delivery(number)).devices if one.device in devices)
            await happenings.act(addressed, number, hub.log.path.newest())
            await hub.events.look()
            await watch.look()
            assert len(judged) == 1
            await check_view(hub, view)

    asyncio.run(run())


def test_boards_that_nobody_needs_are_dropped(tmp_path: Path) -> None:
    async def run() -> None:
        clock = SetClock()
        async with opened_hub(tmp_path, clock) as hub:
            happenings = Happenings(hub, clock, Random(1))
            number = await happenings.publish()
            watch = Watch(hub)
            await watch.look()
            assert list(watch.boards) == [number] == list(watch.in_force)
            clock.pass_seconds(8 * 86_400)
            await watch.look()
            assert not watch.boards
            view = View(number, ())
            await watch.follow(view, number)
            assert list(watch.boards) == [number] and not watch.in_force
            watch.leave(view, number)
            await watch.look()
            assert not watch.boards

    asyncio.run(run())


def test_what_is_noted_stands_in_the_course_after_a_restart(tmp_path: Path) -> None:
    async def run() -> None:
        clock = SetClock()
        async with opened_hub(tmp_path, clock) as hub:
            happenings = Happenings(hub, clock, Random(1))
            number = await happenings.publish()
            watch = Watch(hub)
            await watch.look()
            watch._note_samples()
            assert watch._noting is not None
            await watch._noting
        async with opened_hub(tmp_path, clock) as hub:
            again = Watch(hub)
            await again.look()
            assert [sample.reached for sample in again.boards[number].samples] == [0]

    asyncio.run(run())
