from __future__ import annotations

import random

import pytest

from netsim.toxiproxy.toxics.limit_data import LimitData
from tests.netsim.toxiproxy.harness import Bench, Ends, joined, on_bench, read_exactly, read_to_end


@pytest.mark.parametrize(
    ("limit", "pieces", "passed", "ends"),
    [
        (5, [b"abc", b"def"], b"abcde", True),
        (6, [b"abc", b"def"], b"abcdef", True),
        (7, [b"abc", b"def"], b"abcdef", False),
        (0, [], b"", False),
        (0, [b"abc"], b"", True),
        (-1, [b"abc"], b"", True),
    ],
)
def test_so_many_bytes_pass(limit: int, pieces: list[bytes], passed: bytes, ends: bool) -> None:
    async def script(bench: Bench) -> tuple[bytes, bool]:
        await bench.put(*pieces)
        await bench.clock.advance(1)
        return joined(bench.out), bench.ended_at is not None

    assert on_bench(LimitData(bytes=limit), script) == (passed, ends)


def test_a_change_keeps_the_count() -> None:
    async def script(bench: Bench) -> tuple[bytes, bool]:
        await bench.put(b"abc")
        bench.placed.toxic = LimitData(bytes=4)
        bench.stub.update()
        await bench.put(b"def")
        await bench.clock.advance(1)
        return joined(bench.out), bench.ended_at is not None

    assert on_bench(LimitData(bytes=100), script) == (b"abcd", True)


@pytest.mark.parametrize("limit", [1, 1000, 40_000, 70_001])
def test_each_connection_ends_after_so_many_bytes(ends: Ends, limit: int) -> None:
    ends.toxic("limit_data", "downstream", bytes=limit)
    sent = random.Random(limit).randbytes(limit)
    for _ in range(2):
        client, upstream = ends.connect()
        upstream.sendall(sent)
        assert read_to_end(client) == (sent, "FIN")
        assert read_to_end(upstream) == (b"", "FIN")


def test_more_than_the_limit_does_not_pass(ends: Ends) -> None:
    ends.toxic("limit_data", "upstream", bytes=10)
    client, upstream = ends.connect()
    client.sendall(b"0123456789abc")
    assert read_to_end(upstream)[0] == b"0123456789"


def test_what_passed_before_counts_for_nothing(ends: Ends) -> None:
    client, upstream = ends.connect()
    client.sendall(b"before")
    assert read_exactly(upstream, 6) == b"before"
    ends.toxic("limit_data", "upstream", bytes=3)
    client.sendall(b"abc")
    assert read_to_end(upstream) == (b"abc", "FIN")
