from __future__ import annotations

from netsim.toxiproxy.toxics.noop import Noop
from tests.netsim.toxiproxy.harness import Bench, Ends, on_bench, read_exactly, read_to_end


def test_everything_passes_at_once() -> None:
    async def script(bench: Bench) -> tuple[list[tuple[float, bytes]], float | None]:
        await bench.put(b"one", b"two")
        bench.input.close()
        await bench.clock.settle()
        return bench.out, bench.ended_at

    assert on_bench(Noop(), script) == ([(0.0, b"one"), (0.0, b"two")], 0.0)


def test_bytes_pass_both_ways(ends: Ends) -> None:
    ends.toxic("noop", "upstream")
    client, upstream = ends.connect()
    client.sendall(b"up")
    assert read_exactly(upstream, 2) == b"up"
    upstream.sendall(b"down")
    upstream.close()
    assert read_to_end(client) == (b"down", "FIN")
