from __future__ import annotations

import asyncio
import itertools
import random

import pytest

from netsim.toxiproxy.toxics.slicer import Slicer
from tests.netsim.toxiproxy.harness import (
    Bench,
    Ends,
    VirtualClock,
    joined,
    on_bench,
    read_exactly,
    read_to_end,
)


@pytest.mark.parametrize(
    ("toxic", "size", "sizes"),
    [
        (Slicer(average_size=30), 100, [25, 25, 25, 25]),
        (Slicer(average_size=25), 101, [25, 25, 25, 13, 13]),
        (Slicer(average_size=1), 3, [1, 1, 1]),
        (Slicer(average_size=100), 100, [100]),
        (Slicer(average_size=0), 5, [5]),
        (Slicer(average_size=-4), 5, [5]),
        (Slicer(average_size=3, size_variation=-9), 4, [2, 2]),
    ],
)
def test_a_chunk_is_halved_until_its_pieces_are_small(toxic: Slicer, size: int, sizes: list[int]) -> None:
    assert list(toxic.sizes(size, random.Random(1))) == sizes


def test_a_variation_moves_the_cuts_and_bounds_the_pieces() -> None:
    for seed in range(50):
        chance = random.Random(seed)
        average, variation, size = chance.randrange(1, 300), chance.randrange(400), chance.randrange(1, 32_769)
        toxic = Slicer(average_size=average, size_variation=variation)
        sizes = list(toxic.sizes(size, random.Random(seed)))
        assert sum(sizes) == size, f"seed {seed}"
        assert all(0 < piece <= average + variation for piece in sizes), f"seed {seed}"
        assert sizes == list(toxic.sizes(size, random.Random(seed)))
    wide = Slicer(average_size=100, size_variation=20)
    assert len({tuple(wide.sizes(1000, random.Random(seed))) for seed in range(9)}) > 1


def test_each_piece_is_followed_by_the_delay() -> None:
    async def script(bench: Bench) -> list[tuple[float, bytes]]:
        await bench.put(b"aabb", b"c")
        await bench.clock.advance(1)
        return bench.out

    toxic = Slicer(average_size=2, delay=250_000)
    assert on_bench(toxic, script) == [(0.0, b"aa"), (0.25, b"bb"), (0.5, b"c")]


def test_removed_in_the_middle_of_a_chunk_it_sends_the_rest() -> None:
    async def script(bench: Bench) -> tuple[list[tuple[float, bytes]], int]:
        await bench.put(b"aabbccdd")
        await bench.clock.advance(0.3)
        bench.stub.remove()
        await bench.clock.settle()
        return bench.out, len(bench.left)

    toxic = Slicer(average_size=2, delay=250_000)
    assert on_bench(toxic, script) == ([(0.0, b"aa"), (0.25, b"bb"), (0.3, b"ccdd")], 1)


class CoarseClock(VirtualClock):
    """Every wait takes a whole millisecond at least."""

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        await super().wait(event, max(seconds, 0.001) if seconds and seconds > 0 else seconds)


def test_short_delays_add_up_though_no_timer_is_that_exact() -> None:
    async def script(bench: Bench) -> list[tuple[float, bytes]]:
        await bench.put(b"x" * 1024)
        await bench.clock.advance(10)
        return bench.out

    out = on_bench(Slicer(average_size=1, delay=100), script, clock=CoarseClock())
    assert joined(out) == b"x" * 1024
    assert 0.102 <= out[-1][0] <= 0.104


def test_all_bytes_arrive_in_order(ends: Ends) -> None:
    ends.toxic("slicer", "upstream", average_size=1000, size_variation=300)
    client, upstream = ends.connect()
    sent = random.Random(3).randbytes(200_000)
    client.sendall(sent)
    client.close()
    assert read_to_end(upstream) == (sent, "FIN")


def test_changed_and_removed_while_bytes_flow_it_loses_none(ends: Ends) -> None:
    client, upstream = ends.connect()
    sent = random.Random(4).randbytes(100_000)
    for offset, on in zip(range(0, len(sent), 10_000), itertools.cycle([True, False]), strict=False):
        if on:
            ends.toxic("slicer", "upstream", average_size=100, delay=1000)
        else:
            ends.link.clear()
        client.sendall(sent[offset : offset + 10_000])
    ends.link.clear()
    assert read_exactly(upstream, len(sent)) == sent
