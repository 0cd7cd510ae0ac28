"""Who follows: how many at most, ended at the stop, and known by a token that is looked at again."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from server.api.problems import ProblemError
from server.bridges import streams
from server.bridges.streams import Holder, Streams
from server.hub import Role
from tests.support.stores import SetClock, opened_hub


def test_there_are_so_many_places_in_all_and_for_a_token() -> None:
    places = Streams(3, 2)
    with places.place("a"), places.place("a"):
        with pytest.raises(ProblemError) as refused, places.place("a"):
            pass
        assert (refused.value.name, refused.value.headers["Retry-After"]) == ("rate-limited", "30")
        with places.place("b"):
            assert places.count == 3
            with pytest.raises(ProblemError) as full, places.place("c"):
                pass
        assert full.value.name == "overloaded"
    assert places.count == 0
    with places.place("a"):
        assert places.count == 1


def test_the_stop_ends_what_follows_and_lets_nobody_in() -> None:
    async def run() -> None:
        places = Streams(3, 3)
        task = places.begin(asyncio.Event().wait())
        done = places.begin(asyncio.sleep(0))
        await done
        await places.stop()
        assert task.cancelled() and not done.cancelled()
        with pytest.raises(ProblemError) as refused, places.place("a"):
            pass
        assert refused.value.name == "stopping"

    asyncio.run(run())


def test_a_token_is_looked_at_again_before_it_is_trusted_for_long(tmp_path: Path) -> None:
    async def run() -> None:
        clock = SetClock()
        async with opened_hub(tmp_path, clock) as hub:
            secret = await hub.make_token(Role.VIEWER, "desk", ())
            credential = await hub.authenticate(secret)
            assert credential is not None
            holder = Holder(hub, secret, credential)
            await hub.revoke_token("desk")
            clock.pass_seconds(streams.RECHECKED_AFTER_S / 2)
            assert await holder.is_valid()
            clock.pass_seconds(streams.RECHECKED_AFTER_S / 2)
            assert not await holder.is_valid()

    asyncio.run(run())
