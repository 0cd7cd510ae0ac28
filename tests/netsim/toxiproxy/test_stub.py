from __future__ import annotations

from dataclasses import dataclass

from netsim.toxiproxy.channel import Chunk
from netsim.toxiproxy.stub import Stub
from netsim.toxiproxy.toxics.latency import Latency
from netsim.toxiproxy.toxics.limit_data import LimitData
from netsim.toxiproxy.toxics.toxic import Toxic
from tests.netsim.toxiproxy.harness import Bench, joined, on_bench


def test_removed_it_passes_on_all_that_it_holds_and_leaves_once() -> None:
    async def script(bench: Bench) -> tuple[bytes, list[Stub], bool]:
        await bench.put(b"a", b"b", b"c")
        bench.stub.remove()
        await bench.clock.settle()
        return joined(bench.out), bench.left, bench.ended_at is None

    out, left, still_open = on_bench(Latency(latency=1000), script)
    assert (out, len(left), still_open) == (b"abc", 1, True)


def test_removed_after_its_end_it_only_ends() -> None:
    async def script(bench: Bench) -> tuple[bytes, int, float | None]:
        await bench.put(b"a")
        bench.input.close()
        bench.stub.remove()
        await bench.clock.settle()
        return joined(bench.out), len(bench.left), bench.ended_at

    assert on_bench(Latency(latency=1000), script) == (b"a", 0, 0.0)


def test_a_change_of_toxicity_draws_again() -> None:
    async def script(bench: Bench) -> tuple[bytes, bool]:
        await bench.put(b"passes")
        bench.placed.toxicity = 1.0
        bench.stub.update()
        await bench.put(b"dropped")
        return joined(bench.out), bench.ended_at is not None

    assert on_bench(LimitData(bytes=0), script, toxicity=0.0) == (b"passes", True)


def test_the_share_of_stubs_that_act_is_the_toxicity() -> None:
    async def script(bench: Bench) -> bool:
        return bench.stub.acting

    acting = sum(on_bench(LimitData(), script, toxicity=0.3, seed=seed) for seed in range(300))
    assert 60 <= acting <= 120  # by these 300 seeds always the same number


@dataclass
class _ReturnsAtOnce(Toxic):
    async def pipe(self, stub: Stub) -> None:
        return


def test_a_toxic_that_just_returns_ends_the_stream() -> None:
    async def script(bench: Bench) -> float | None:
        await bench.clock.settle()
        await bench.stub.send(Chunk(b"on the ground", 0))
        return bench.ended_at

    assert on_bench(_ReturnsAtOnce(), script) == 0.0
