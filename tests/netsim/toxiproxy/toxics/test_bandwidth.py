from __future__ import annotations

import random
import time

import pytest

from netsim.toxiproxy.toxics.bandwidth import Bandwidth
from tests.netsim.toxiproxy.harness import Bench, Ends, has_data, joined, on_bench, read_exactly


@pytest.mark.parametrize(("rate", "piece"), [(1, 50), (1, 1000), (2, 32_768), (50, 4_000), (1000, 32_768)])
def test_the_rate_is_kept_whatever_the_pieces(rate: int, piece: int) -> None:
    seconds = 5

    async def script(bench: Bench) -> list[tuple[float, bytes]]:
        await bench.put(*[b"x" * piece] * (2 + rate * 1000 * seconds // piece))
        await bench.clock.advance(seconds)
        return bench.out

    passed = len(joined(on_bench(Bandwidth(rate=rate), script)))
    assert rate * 1000 * seconds - 2 * piece <= passed <= rate * 1000 * seconds


def test_a_large_chunk_goes_in_slices() -> None:
    async def script(bench: Bench) -> list[tuple[float, bytes]]:
        await bench.put(b"a" * 250)
        await bench.clock.advance(1)
        return bench.out

    assert on_bench(Bandwidth(rate=1), script) == [(0.1, b"a" * 100), (0.2, b"a" * 100), (0.25, b"a" * 50)]


@pytest.mark.parametrize("rate", [0, -5])
def test_at_no_rate_nothing_moves_and_nothing_is_lost(rate: int) -> None:
    async def script(bench: Bench) -> tuple[list[tuple[float, bytes]], list[tuple[float, bytes]]]:
        await bench.put(b"a", b"b")
        await bench.clock.advance(1000)
        before = list(bench.out)
        bench.stub.remove()
        await bench.clock.settle()
        return before, bench.out

    assert on_bench(Bandwidth(rate=rate), script) == ([], [(1000.0, b"a"), (1000.0, b"b")])


def test_removed_in_the_middle_of_a_chunk_it_sends_the_rest() -> None:
    async def script(bench: Bench) -> list[tuple[float, bytes]]:
        await bench.put(b"a" * 1000)
        await bench.clock.advance(0.25)
        bench.stub.remove()
        await bench.clock.settle()
        return bench.out

    assert on_bench(Bandwidth(rate=1), script) == [(0.1, b"a" * 100), (0.2, b"a" * 100), (0.25, b"a" * 800)]


def test_nothing_arrives_before_its_time(ends: Ends) -> None:
    ends.toxic("bandwidth", "downstream", rate=100)
    client, upstream = ends.connect()
    sent = random.Random(1).randbytes(40_000)
    before = time.monotonic()
    upstream.sendall(sent)
    assert read_exactly(client, len(sent)) == sent
    assert time.monotonic() - before >= 0.39  # 40 KB at 100 KB/s, less what a timer may be early by


def test_a_stalled_stream_goes_on_where_it_stood(ends: Ends) -> None:
    client, upstream = ends.connect()
    sent = random.Random(2).randbytes(100_000)
    ends.toxic("bandwidth", "upstream", rate=0)
    client.sendall(sent)
    upstream.sendall(b"other way")
    assert read_exactly(client, 9) == b"other way"
    assert not has_data(upstream)
    ends.link.clear()
    assert read_exactly(upstream, len(sent)) == sent
