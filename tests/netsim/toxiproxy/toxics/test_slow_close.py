from __future__ import annotations

import time

from netsim.toxiproxy.toxics.slow_close import SlowClose
from tests.netsim.toxiproxy.harness import Bench, Ends, has_data, on_bench, read_exactly, read_to_end


def test_data_passes_at_once_and_the_end_comes_later() -> None:
    async def script(bench: Bench) -> tuple[list[tuple[float, bytes]], float | None]:
        await bench.put(b"a", b"b")
        await bench.clock.advance(1)
        bench.input.close()
        await bench.clock.advance(5)
        return bench.out, bench.ended_at

    assert on_bench(SlowClose(delay=700), script) == ([(0.0, b"a"), (0.0, b"b")], 1.7)


def test_a_change_starts_the_delay_anew() -> None:
    async def script(bench: Bench) -> float | None:
        bench.input.close()
        await bench.clock.advance(0.5)
        bench.stub.update()
        await bench.clock.advance(5)
        return bench.ended_at

    assert on_bench(SlowClose(delay=700), script) == 1.2


def test_a_removal_ends_the_delay() -> None:
    async def script(bench: Bench) -> float | None:
        bench.input.close()
        await bench.clock.advance(0.5)
        bench.stub.remove()
        await bench.clock.settle()
        return bench.ended_at

    assert on_bench(SlowClose(delay=700), script) == 0.5


def test_the_far_side_is_open_for_so_long(ends: Ends) -> None:
    ends.toxic("slow_close", "downstream", delay=150)
    client, upstream = ends.connect()
    upstream.sendall(b"last words")
    before = time.monotonic()
    upstream.close()
    assert read_exactly(client, 10) == b"last words"
    assert not has_data(client)
    assert read_to_end(client) == (b"", "FIN")
    assert time.monotonic() - before >= 0.15


def test_taken_away_it_closes_at_once(ends: Ends) -> None:
    ends.toxic("slow_close", "upstream", delay=3_600_000)
    client, upstream = ends.connect()
    client.sendall(b"x")
    assert read_exactly(upstream, 1) == b"x"
    client.close()
    ends.link.clear()
    assert read_to_end(upstream) == (b"", "FIN")
