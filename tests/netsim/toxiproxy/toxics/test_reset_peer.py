from __future__ import annotations

import pytest

from netsim.toxiproxy.toxics.reset_peer import ResetPeer
from tests.netsim.toxiproxy.harness import Bench, Ends, on_bench, read_exactly, read_to_end


def test_it_ends_the_stream_so_long_after_the_first_data() -> None:
    async def script(bench: Bench) -> tuple[list[tuple[float, bytes]], float | None]:
        await bench.clock.advance(1)
        await bench.put(b"dropped")
        await bench.clock.advance(1)
        return bench.out, bench.ended_at

    assert on_bench(ResetPeer(timeout=300), script) == ([], 1.3)


def test_it_waits_for_ever_for_the_first_data() -> None:
    async def script(bench: Bench) -> float | None:
        await bench.clock.advance(1e6)
        return bench.ended_at

    assert on_bench(ResetPeer(), script) is None


def test_once_it_has_dropped_data_nothing_saves_the_stream() -> None:
    async def script(bench: Bench) -> tuple[list[tuple[float, bytes]], float | None]:
        await bench.put(b"dropped", b"not to be seen")
        bench.stub.remove()
        await bench.clock.advance(5)
        return bench.out, bench.ended_at

    assert on_bench(ResetPeer(timeout=300), script) == ([], 0.3)


@pytest.mark.parametrize("stream", ["upstream", "downstream"])
@pytest.mark.parametrize("after_ms", [0, 50])
def test_both_ends_see_a_reset(ends: Ends, stream: str, after_ms: int) -> None:
    ends.toxic("reset_peer", stream, timeout=after_ms)
    client, upstream = ends.connect()
    (client if stream == "upstream" else upstream).sendall(b"dropped")
    assert read_to_end(client) == (b"", "RST")
    assert read_to_end(upstream) == (b"", "RST")


def test_a_close_becomes_a_reset(ends: Ends) -> None:
    ends.toxic("reset_peer", "upstream", timeout=0)
    client, upstream = ends.connect()
    client.close()
    assert read_to_end(upstream) == (b"", "RST")


def test_without_data_the_connection_stands(ends: Ends) -> None:
    ends.toxic("reset_peer", "upstream", timeout=0)
    client, upstream = ends.connect()
    upstream.sendall(b"other way")
    assert read_exactly(client, 9) == b"other way"


def test_a_connection_that_was_there_before_ends_too(ends: Ends) -> None:
    client, upstream = ends.connect_and_talk()
    ends.toxic("reset_peer", "upstream", timeout=0)
    client.sendall(b"dropped")
    # The real server resets only connections that are newer than the toxic; it closes this one.
    how = "RST" if ends.server.kind == "embedded" else "FIN"
    assert read_to_end(client) == (b"", how)
    assert read_to_end(upstream) == (b"", how)


def test_at_toxicity_0_a_close_stays_a_close(embedded_ends: Ends) -> None:
    embedded_ends.toxic("reset_peer", "upstream", toxicity=0.0, timeout=0)
    client, upstream = embedded_ends.connect()
    client.sendall(b"passes")
    assert read_exactly(upstream, 6) == b"passes"
    client.close()
    assert read_to_end(upstream) == (b"", "FIN")


def test_taken_away_in_time_a_close_stays_a_close(embedded_ends: Ends) -> None:
    embedded_ends.toxic("reset_peer", "upstream", timeout=0)
    client, upstream = embedded_ends.connect()
    embedded_ends.link.clear()
    client.sendall(b"passes")
    client.close()
    assert read_to_end(upstream) == (b"passes", "FIN")
