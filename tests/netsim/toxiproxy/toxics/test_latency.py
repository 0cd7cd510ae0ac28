from __future__ import annotations

import random
import time

from netsim.toxiproxy.toxics.latency import Latency
from tests.netsim.toxiproxy.harness import Bench, Ends, on_bench, read_exactly, read_to_end


def test_each_chunk_arrives_later_by_the_latency() -> None:
    async def script(bench: Bench) -> list[tuple[float, bytes]]:
        await bench.put(b"a")
        await bench.clock.advance(0.1)
        await bench.put(b"b", b"c")
        await bench.clock.advance(1)
        return bench.out

    assert on_bench(Latency(latency=300), script) == [(0.3, b"a"), (0.4, b"b"), (0.4, b"c")]


def test_jitter_is_drawn_from_the_chance_that_it_was_given() -> None:
    async def script(bench: Bench) -> list[tuple[float, bytes]]:
        for number in range(20):
            await bench.put(b"%d" % number)
            await bench.clock.advance(1)
        return bench.out

    out = on_bench(Latency(latency=100, jitter=40), script, seed=5)
    assert out == on_bench(Latency(latency=100, jitter=40), script, seed=5)
    assert out != on_bench(Latency(latency=100, jitter=40), script, seed=6)
    delays = [round(at - number, 6) for number, (at, _) in enumerate(out)]
    chance = random.Random(5)
    chance.random()  # the draw for the toxicity
    assert delays == [(60 + chance.randrange(80)) / 1000 for _ in range(20)]


def test_a_jitter_above_the_latency_keeps_the_order() -> None:
    async def script(bench: Bench) -> list[bytes]:
        await bench.put(*(b"%d" % number for number in range(50)))
        await bench.clock.advance(100)
        return [data for _, data in bench.out]

    assert on_bench(Latency(latency=10, jitter=1000), script) == [b"%d" % number for number in range(50)]


def test_the_end_comes_after_what_is_held() -> None:
    async def script(bench: Bench) -> tuple[list[tuple[float, bytes]], float | None]:
        await bench.put(b"a")
        bench.input.close()
        await bench.clock.advance(1)
        return bench.out, bench.ended_at

    assert on_bench(Latency(latency=200), script) == ([(0.2, b"a")], 0.2)


def test_a_change_lets_go_what_was_waiting() -> None:
    async def script(bench: Bench) -> list[tuple[float, bytes]]:
        await bench.put(b"a", b"b")
        await bench.clock.advance(1)
        bench.placed.toxic = Latency(latency=3000)
        bench.stub.update()
        await bench.clock.advance(10)
        return bench.out

    assert on_bench(Latency(latency=60_000), script) == [(1.0, b"a"), (3.0, b"b")]


def test_nothing_arrives_before_its_time(ends: Ends) -> None:
    client, upstream = ends.connect()
    ends.toxic("latency", "downstream", latency=150)
    ends.toxic("latency", "upstream", latency=100)
    before = time.monotonic()
    client.sendall(b"ping")
    assert read_exactly(upstream, 4) == b"ping"
    assert time.monotonic() - before >= 0.1
    upstream.sendall(b"pong")
    assert read_exactly(client, 4) == b"pong"
    assert time.monotonic() - before >= 0.25


def test_what_is_in_flight_is_delivered_before_the_end(ends: Ends) -> None:
    client, upstream = ends.connect()
    ends.toxic("latency", "downstream", latency=100)
    sent = random.Random(1).randbytes(300_000)
    upstream.sendall(sent)
    upstream.close()
    assert read_to_end(client) == (sent, "FIN")


def test_removing_it_loses_and_reorders_nothing(ends: Ends) -> None:
    client, upstream = ends.connect()
    sent = random.Random(2).randbytes(500_000)
    for offset in range(0, len(sent), 50_000):
        ends.link.delay(10_000)
        upstream.sendall(sent[offset : offset + 50_000])
        ends.link.delay(0)
    assert read_exactly(client, len(sent)) == sent
