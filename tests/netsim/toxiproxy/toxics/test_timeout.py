from __future__ import annotations

import time

from netsim.toxiproxy.toxics.timeout import Timeout
from tests.netsim.toxiproxy.harness import Bench, Ends, on_bench, read_exactly, read_to_end


def test_it_closes_when_nothing_came_for_so_long() -> None:
    async def script(bench: Bench) -> tuple[list[tuple[float, bytes]], float | None]:
        await bench.clock.advance(0.3)
        await bench.put(b"dropped")
        await bench.clock.advance(5)
        return bench.out, bench.ended_at

    assert on_bench(Timeout(timeout=500), script) == ([], 0.8)


def test_at_zero_it_never_closes() -> None:
    async def script(bench: Bench) -> tuple[list[tuple[float, bytes]], float | None]:
        await bench.put(b"dropped", b"dropped")
        await bench.clock.advance(1e6)
        return bench.out, bench.ended_at

    assert on_bench(Timeout(), script) == ([], None)


def test_a_change_starts_it_anew() -> None:
    async def script(bench: Bench) -> float | None:
        await bench.clock.advance(0.4)
        bench.stub.update()
        await bench.clock.advance(5)
        return bench.ended_at

    assert on_bench(Timeout(timeout=500), script) == 0.9


def test_where_it_does_not_act_its_removal_closes_nothing() -> None:
    async def script(bench: Bench) -> tuple[list[tuple[float, bytes]], float | None, int]:
        await bench.put(b"a")
        bench.stub.remove()
        await bench.clock.settle()
        return bench.out, bench.ended_at, len(bench.left)

    assert on_bench(Timeout(), script, toxicity=0.0) == ([(0.0, b"a")], None, 1)


def test_it_closes_both_ends_and_delivers_nothing(ends: Ends) -> None:
    before = time.monotonic()
    ends.toxic("timeout", "downstream", timeout=100)
    client, upstream = ends.connect()
    client.sendall(b"up")
    assert read_exactly(upstream, 2) == b"up"
    upstream.sendall(b"dropped")
    assert read_to_end(client) == (b"", "FIN")
    assert time.monotonic() - before >= 0.1
    assert read_to_end(upstream) == (b"", "FIN")


def test_it_closes_a_connection_on_which_nothing_was_sent(ends: Ends) -> None:
    client, upstream = ends.connect()
    ends.toxic("timeout", "upstream", timeout=50)
    assert read_to_end(client) == (b"", "FIN")
    assert read_to_end(upstream) == (b"", "FIN")


def test_its_removal_closes_the_connection(ends: Ends) -> None:
    client, upstream = ends.connect()
    ends.toxic("timeout", "upstream", timeout=0)
    client.sendall(b"dropped")
    upstream.sendall(b"other way")
    assert read_exactly(client, 9) == b"other way"
    ends.link.clear()
    assert read_to_end(upstream)[0] == b""
    assert read_to_end(client)[0] == b""
