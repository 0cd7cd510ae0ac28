"""One direction, its toxics changed while bytes wait in it, in virtual time."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Awaitable, Callable
from typing import TypeVar

from netsim.toxiproxy.endpoint import Endpoint
from netsim.toxiproxy.link import ToxicLink
from netsim.toxiproxy.metrics import Meter
from netsim.toxiproxy.toxics.bandwidth import Bandwidth
from netsim.toxiproxy.toxics.latency import Latency
from netsim.toxiproxy.toxics.limit_data import LimitData
from netsim.toxiproxy.toxics.noop import Noop
from netsim.toxiproxy.toxics.reset_peer import ResetPeer
from netsim.toxiproxy.toxics.timeout import Timeout
from netsim.toxiproxy.toxics.toxic import PlacedToxic, Toxic
from tests.netsim.toxiproxy.harness import VirtualClock

Result = TypeVar("Result")


def placed(toxic: Toxic, toxicity: float = 1.0) -> PlacedToxic:
    return PlacedToxic(type(toxic).__name__, "it", "upstream", toxicity, "upstream", toxic)


class Rig:
    """A link between two socket pairs."""

    def __init__(self, *chain: PlacedToxic) -> None:
        self.clock = VirtualClock()
        self.meter = Meter()
        self.near, source = tcp_pair()
        dest, self.far = tcp_pair()
        self.ends = [Endpoint(source), Endpoint(dest)]
        self.link = ToxicLink(self.ends[0], self.ends[1], chain, random.Random(1), self.clock, self.meter)
        self.carrying = asyncio.ensure_future(self.link.carry())
        self.far.setblocking(False)

    async def send(self, data: bytes) -> None:
        self.near.sendall(data)
        await self._pass()

    async def receive(self) -> bytes:
        await self._pass()
        try:
            return self.far.recv(1_000_000)
        except BlockingIOError:
            return b""

    async def _pass(self) -> None:
        for _ in range(5):
            await self.clock.settle()

    async def close(self) -> None:
        self.carrying.cancel()
        await self.link.stop()
        for end in self.ends:
            end.close()
        self.near.close()
        self.far.close()


def tcp_pair() -> tuple[socket.socket, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
    return near, far


def on_rig(script: Callable[[Rig], Awaitable[Result]], *chain: PlacedToxic) -> Result:
    async def run() -> Result:
        rig = Rig(*chain)
        try:
            return await script(rig)
        finally:
            await rig.close()

    return asyncio.run(run())


def test_toxics_act_in_their_order() -> None:
    async def script(rig: Rig) -> list[bytes]:
        await rig.send(b"abcdef")
        seen = [await rig.receive()]
        await rig.clock.advance(0.1)
        seen.append(await rig.receive())
        await rig.clock.advance(0.2)
        return [*seen, await rig.receive()]

    chain = (placed(Latency(latency=100)), placed(LimitData(bytes=4)), placed(Latency(latency=200)))
    assert on_rig(script, *chain) == [b"", b"", b"abcd"]


def test_a_toxic_added_last_gets_what_comes_after() -> None:
    async def script(rig: Rig) -> tuple[bytes, bytes]:
        await rig.send(b"before")
        rig.link.add(placed(Bandwidth(rate=0)))
        await rig.send(b"after")
        await rig.clock.advance(1)
        return await rig.receive(), await rig.receive()

    assert on_rig(script) == (b"before", b"")


def test_removing_from_the_middle_keeps_the_order() -> None:
    async def script(rig: Rig) -> tuple[bytes, bytes]:
        await rig.send(b"1")
        await rig.send(b"2")
        rig.link.add(last)
        rig.link.remove(middle)
        await rig.send(b"3")
        held = await rig.receive()
        rig.link.remove(last)
        rig.link.remove(first)
        await rig.send(b"4")
        return held, await rig.receive()

    first, middle, last = placed(Noop()), placed(Latency(latency=9_000)), placed(Bandwidth(rate=0))
    assert on_rig(script, first, middle) == (b"", b"1234")


def test_toxics_that_come_and_go_leave_nothing_behind() -> None:
    async def script(rig: Rig) -> tuple[bytes, int]:
        chance = random.Random(3)
        live: list[PlacedToxic] = []
        for number in range(300):
            if live and chance.random() < 0.5:
                rig.link.remove(live.pop(chance.randrange(len(live))))
            else:
                live.append(placed(chance.choice([Noop(), Latency(latency=50), Bandwidth(rate=1)])))
                rig.link.add(live[-1])
            await rig.send(b"%03d" % number)
            await rig.clock.advance(chance.random() / 10)
        for each in live:
            rig.link.remove(each)
        return await rig.receive(), len(rig.link._stubs)

    assert on_rig(script) == (b"".join(b"%03d" % number for number in range(300)), 0)


def test_it_resets_where_such_a_toxic_acts() -> None:
    async def script(rig: Rig) -> list[bool]:
        seen = [rig.link.resets]
        reset = placed(ResetPeer())
        rig.link.add(reset)
        seen.append(rig.link.resets)
        reset.toxicity = 0.0
        rig.link.update(reset)
        seen.append(rig.link.resets)
        reset.toxicity = 1.0
        rig.link.update(reset)
        seen.append(rig.link.resets)
        rig.link.remove(reset)
        return [*seen, rig.link.resets]

    assert on_rig(script, placed(ResetPeer(), toxicity=0.0)) == [False, True, False, True, False]


def test_it_ends_when_its_destination_is_gone_and_takes_toxics_still() -> None:
    async def script(rig: Rig) -> bool:
        rig.ends[1].close()
        await rig.send(b"nowhere")
        ended = rig.carrying.done()
        late = placed(Timeout())
        rig.link.add(late)
        rig.link.remove(late)
        await rig.send(b"nowhere")
        return ended

    assert on_rig(script, placed(Noop()))


def test_what_waits_is_bounded() -> None:
    async def script(rig: Rig) -> int:
        rig.near.setblocking(False)
        sent = 0
        for _ in range(2_000):
            try:
                sent += rig.near.send(b"x" * 65536)
            except BlockingIOError:
                await rig.clock.settle()
        return sent

    assert on_rig(script, placed(Latency(latency=60_000))) < 40 * 1024 * 1024
