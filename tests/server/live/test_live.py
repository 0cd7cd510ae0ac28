"""Subjects are shared, bounded, and ended when nobody needs them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

import pytest

from alerts.errors import UnknownAlertError
from server.api.problems import ProblemError
from server.hub import Hub
from server.live import live as live_module
from server.live.live import KEPT_S, Live
from server.ops.silence import SilenceWatch
from server.watch.watch import Watch
from tests.support.stores import SetClock, opened_hub
from tests.support.watched import Happenings


def with_live(folder: Path, work: Callable[[Hub, SetClock, Watch, Live], Awaitable[None]]) -> None:
    async def run() -> None:
        clock = SetClock()
        async with opened_hub(folder, clock) as hub:
            watch = Watch(hub)
            await work(hub, clock, watch, Live(hub, watch, SilenceWatch(hub, lambda device: False)))

    asyncio.run(run())


def test_who_sees_the_same_shares_one_and_it_goes_when_it_is_not_used(tmp_path: Path) -> None:
    async def work(hub: Hub, clock: SetClock, watch: Watch, live: Live) -> None:
        number = await Happenings(hub, clock, Random(1)).publish()
        first, second = await asyncio.gather(live.alert(number, "x", ()), live.alert(number, "x", ()))
        assert first is second
        assert await live.alert(number, "x", ("KE",)) is not first
        stir = asyncio.Event()
        with live.page(first, stir):
            clock.pass_seconds(KEPT_S + 1)
            await live.tell()
            assert await live.alert(number, "x", ()) is first
        clock.pass_seconds(KEPT_S + 1)
        await live.tell()
        assert await live.alert(number, "x", ()) is not first

    with_live(tmp_path, work)


def test_there_is_room_for_so_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "SUBJECTS_MAX", 1)

    async def work(hub: Hub, clock: SetClock, watch: Watch, live: Live) -> None:
        subject = await live.situation(())
        with live.page(subject, asyncio.Event()), pytest.raises(ProblemError, match="no more can be"):
            await live.situation(("KE",))
        assert await live.situation(("KE",)) is not subject, "one that no page follows makes room"

    with_live(tmp_path, work)


def test_what_is_not_there_leaves_nothing_behind(tmp_path: Path) -> None:
    async def work(hub: Hub, clock: SetClock, watch: Watch, live: Live) -> None:
        with pytest.raises(UnknownAlertError):
            await live.alert(99, "x", ())
        assert not watch.boards and not watch._followers

    with_live(tmp_path, work)
