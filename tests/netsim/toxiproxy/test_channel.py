from __future__ import annotations

import asyncio

from netsim.toxiproxy.channel import CHANNEL_BYTES_MAX, Channel, Chunk


def test_chunks_come_out_in_order_and_then_the_end() -> None:
    async def run() -> list[Chunk | None]:
        channel = Channel(2)
        await channel.put(Chunk(b"a", 1))
        await channel.put(Chunk(b"b", 2))
        channel.close()
        return [await channel.next() for _ in range(4)]

    assert asyncio.run(run()) == [Chunk(b"a", 1), Chunk(b"b", 2), None, None]


async def _fits(channel: Channel, data: bytes) -> bool:
    putting = asyncio.ensure_future(channel.put(Chunk(data, 0)))
    await asyncio.sleep(0)
    done = putting.done()
    putting.cancel()
    return done


def test_who_puts_into_a_full_one_waits() -> None:
    async def run() -> None:
        few, heavy = Channel(2), Channel(1_000_000)
        assert [await _fits(few, b"x") for _ in range(3)] == [True, True, False]
        half = b"x" * (CHANNEL_BYTES_MAX // 2)
        assert [await _fits(heavy, half) for _ in range(3)] == [True, True, False]
        heavy.take()
        assert await _fits(heavy, b"x")

    asyncio.run(run())


def test_it_is_idle_only_when_nobody_is_about_to_put() -> None:
    async def run() -> list[bool]:
        channel = Channel(1)
        seen = [channel.idle]
        await channel.put(Chunk(b"a", 0))
        second = asyncio.ensure_future(channel.put(Chunk(b"b", 0)))
        await asyncio.sleep(0)
        channel.take()
        seen.append(channel.idle)
        await second
        assert channel.take() == Chunk(b"b", 0)
        seen.append(channel.idle)
        channel.close()
        return [*seen, channel.idle]

    assert asyncio.run(run()) == [True, False, True, False]


def test_a_nudge_is_forgotten_when_settled() -> None:
    async def run() -> None:
        channel = Channel()
        channel.nudge()
        assert channel.readable.is_set()
        channel.settle()
        assert not channel.readable.is_set()
        assert channel.take() is None

    asyncio.run(run())
