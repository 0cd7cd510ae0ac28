"""What a running hub sends with and offers: what a command has put in use, to who lacks it and can read it."""

from __future__ import annotations

import asyncio
from pathlib import Path

from alerts.dictionary.shipped import shipped
from alerts.wire import frames
from alerts.wire.codec import Codec
from alerts.wire.dictionary import short_name
from alerts.wire.transfer import unpack_transfer
from server.commands.beside import now, opened
from server.hub import Hub
from server.push.dictionaries import LOOK_EVERY_S, Dictionaries
from server.push.lean import LeanEncoders
from server.push.variants import Variants
from server.store import dictionaries as rows
from server.store import models
from tests.support.dictionaries import own, put_in_use
from tests.support.stores import SetClock, opened_hub

SHIPPED, OWN, OTHER = shipped().address, own().address, own(2).address


class Place:
    """A hub, and what it sends with."""

    def __init__(self, hub: Hub, clock: SetClock, data: Path) -> None:
        self.lean = LeanEncoders([shipped()], Variants(Codec()), lambda: hub.log)
        self.dictionaries = Dictionaries(hub, self.lean)
        self.clock, self.data = clock, data

    async def look(self) -> None:
        self.clock.pass_seconds(LOOK_EVERY_S)
        await self.dictionaries.look()

    def offer(self, *named: bytes) -> frames.Dictionary | None:
        return self.dictionaries.offer([short_name(address) for address in named])

    def agreed(self, *named: bytes) -> bytes | None:
        agreed = self.lean.agree([short_name(address) for address in named])
        return None if agreed is None else named[agreed.index]


def test_what_a_command_puts_in_use_is_sent_with_and_offered(tmp_path: Path) -> None:
    async def run() -> None:
        clock = SetClock()
        async with opened_hub(tmp_path, clock) as hub:
            place = Place(hub, clock, tmp_path)
            await place.look()
            assert place.agreed(SHIPPED) == SHIPPED and place.offer(SHIPPED) is None
            await asyncio.to_thread(put_in_use, tmp_path, own(), saves=40, monthly=90)
            await place.look()
            offer = place.offer(b"another", SHIPPED)
            assert offer is not None
            assert (offer.address, offer.saves, offer.monthly, offer.base) == (OWN, 40, 90, 1)
            body = place.dictionaries.transfer(OWN, SHIPPED).body
            assert len(body) == offer.transfer and unpack_transfer(body, shipped(), OWN) == own()
            assert place.agreed(SHIPPED, OWN) == OWN and place.agreed(SHIPPED) == SHIPPED
            for named in ([SHIPPED, OWN], [], [b"another"]):
                assert place.offer(*named) is None

    asyncio.run(run())


def test_what_saves_more_than_the_frame_can_say_is_offered_with_what_it_can(tmp_path: Path) -> None:
    async def run() -> None:
        clock = SetClock()
        async with opened_hub(tmp_path, clock) as hub:
            place = Place(hub, clock, tmp_path)
            await asyncio.to_thread(put_in_use, tmp_path, own(), saves=70_000)
            await place.look()
            offer = place.offer(SHIPPED)
            assert offer is not None and Codec().decode(Codec().encode(offer)) == offer

    asyncio.run(run())


def test_a_newer_one_travels_behind_the_older_one_that_the_device_has(tmp_path: Path) -> None:
    async def run() -> None:
        clock = SetClock()
        async with opened_hub(tmp_path, clock) as hub:
            place = Place(hub, clock, tmp_path)
            for one in (own(), own(1, 80)):
                await asyncio.to_thread(put_in_use, tmp_path, one)
            await place.look()
            both, shipped_alone = place.offer(SHIPPED, OWN), place.offer(SHIPPED)
            assert both is not None and shipped_alone is not None
            assert both.base == 1 and both.transfer < shipped_alone.transfer
            assert place.agreed(SHIPPED, OWN) == OWN

    asyncio.run(run())


def test_the_shipped_one_can_be_put_in_use_again(tmp_path: Path) -> None:
    async def run() -> None:
        clock = SetClock()
        async with opened_hub(tmp_path, clock) as hub:
            place = Place(hub, clock, tmp_path)
            await asyncio.to_thread(put_in_use, tmp_path, own())
            with opened(tmp_path) as db:
                rows.use(db, SHIPPED, now())
            await place.look()
            assert place.offer(SHIPPED) is None
            assert place.agreed(OWN, SHIPPED) == SHIPPED and place.agreed(OWN) == OWN

    asyncio.run(run())


def test_a_damaged_one_is_left_out(tmp_path: Path) -> None:
    async def run() -> None:
        clock = SetClock()
        async with opened_hub(tmp_path, clock) as hub:
            place = Place(hub, clock, tmp_path)
            await asyncio.to_thread(put_in_use, tmp_path, own())
            with opened(tmp_path) as db:
                models.Dictionary.update(data=b"damaged").execute(db)
            await place.look()
            assert place.offer(SHIPPED) is None and place.agreed(OWN, SHIPPED) == SHIPPED

    asyncio.run(run())


def test_it_looks_only_now_and_then(tmp_path: Path) -> None:
    async def run() -> None:
        clock = SetClock()
        async with opened_hub(tmp_path, clock) as hub:
            place = Place(hub, clock, tmp_path)
            await place.look()
            await asyncio.to_thread(put_in_use, tmp_path, own())
            await place.dictionaries.look()
            assert not place.dictionaries.has(OWN)
            await place.look()
            assert place.dictionaries.has(OWN)

    asyncio.run(run())
