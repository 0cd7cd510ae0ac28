"""The router without a device: sockets that keep packets apart stand in for the TUNs."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from typing import Any

from netsim.packet.ip import Segment, answering_reset, breaking_reset, tcp_segment
from netsim.packet.router import FIELDS_MAX, Router, field_interface
from netsim.profiles.profile import Nat, Profile, Way
from tests.netsim.packet.test_ip import FIELD, HUB, packet
from tests.netsim.packet.test_nat import turned

SYN = packet(b"", flags=0x02)
HELLO = packet(b"hello", sequence=8)
ANSWER = turned(packet(b"answer", sequence=0))


class Bench:
    """A router and our ends of its cables, two for each field end; `hub` is that to the first."""

    def __init__(self, stack: contextlib.ExitStack, fields: int) -> None:
        def cable() -> tuple[socket.socket, socket.socket]:
            ends = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            for end in ends:
                stack.enter_context(end).setblocking(False)
            return ends

        up, down = [cable() for _ in range(fields)], [cable() for _ in range(fields)]
        self.fields, self.hubs = [ours for ours, _ in up], [ours for ours, _ in down]
        self.hub = self.hubs[0]
        self.router = Router([theirs.fileno() for _, theirs in up], [theirs.fileno() for _, theirs in down], "0")

    def ask(self, question: str, **fields: Any) -> dict[str, Any]:
        return self.router.answers()[question]({"field": None, **fields})

    def shape(self, up: Way, down: Way | None = None, **fields: Any) -> None:
        self.ask("shape", up=up.model_dump(), down=(down or Way()).model_dump(), **fields)


async def received(end: socket.socket) -> bytes:
    return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(end, 65_535), 60)


def on_a_bench(scenario: Callable[[Bench], Awaitable[None]], fields: int = 1) -> None:
    async def run() -> None:
        with contextlib.ExitStack() as stack:
            await scenario(Bench(stack, fields))

    asyncio.run(run())


def test_packets_pass_in_order_and_payload_is_counted() -> None:
    async def scenario(bench: Bench) -> None:
        bench.shape(Way(delay_ms=20))
        for sent in (SYN, HELLO):
            bench.fields[0].send(sent)
        assert [await received(bench.hub), await received(bench.hub)] == [SYN, HELLO]
        bench.hub.send(ANSWER)
        assert await received(bench.fields[0]) == ANSWER
        (flow,) = bench.ask("flows")["flows"]
        assert [total for _, total in flow["up"]] == [5]
        assert bench.ask("counts", field=0)["up"]["entered"] == 2

    on_a_bench(scenario)


def test_what_is_not_tcp_passes_and_what_is_not_ip_version_4_does_not() -> None:
    async def scenario(bench: Bench) -> None:
        bench.fields[0].send(b"\x60 version 6")
        bench.fields[0].send(b"\x45 not TCP")
        assert await received(bench.hub) == b"\x45 not TCP"

    on_a_bench(scenario)


def test_each_field_end_gets_what_is_for_it_and_has_a_link_of_its_own() -> None:
    async def scenario(bench: Bench) -> None:
        bench.shape(Way(), Way(delay_ms=3_600_000), field=1)
        for index, (field, hub) in enumerate(zip(bench.fields, bench.hubs, strict=True)):
            answer = ANSWER[:16] + field_interface(index).ip.packed + ANSWER[20:]
            hub.send(answer)
            if index != 1:
                assert await received(field) == answer
        counts = [bench.ask("counts", field=index)["down"]["entered"] for index in range(3)]
        assert counts == [1, 1, 1]

    on_a_bench(scenario, fields=3)


def test_every_field_end_has_an_address_of_its_own() -> None:
    addresses = {field_interface(index) for index in range(FIELDS_MAX)}
    assert len(addresses) == FIELDS_MAX
    assert HUB.address not in {interface.ip for interface in addresses}
    assert {str(interface.network) for interface in addresses} == {"192.0.2.0/24"}


def test_a_damaged_packet_arrives_with_its_length_and_counts_for_nothing() -> None:
    async def scenario(bench: Bench) -> None:
        bench.fields[0].send(SYN)
        assert await received(bench.hub) == SYN
        bench.shape(Way(corrupt=1.0), Way(corrupt=1.0))
        bench.fields[0].send(HELLO)
        arrived = await received(bench.hub)
        assert (len(arrived), arrived != HELLO) == (len(HELLO), True)
        bench.hub.send(ANSWER)
        assert await received(bench.fields[0]) != ANSWER
        (flow,) = bench.ask("flows")["flows"]
        assert flow["down"] == []

    on_a_bench(scenario)


def test_a_receiver_without_room_loses_packets_and_the_router_goes_on() -> None:
    async def scenario(bench: Bench) -> None:
        large = packet(bytes(1400))
        for _ in range(2000):
            await asyncio.get_running_loop().sock_sendall(bench.fields[0], large)
        bench.hub.send(ANSWER)
        assert await received(bench.fields[0]) == ANSWER
        assert await received(bench.hub) == large

    on_a_bench(scenario)


def test_a_reset_reaches_both_ends_and_whoever_still_speaks() -> None:
    async def scenario(bench: Bench) -> None:
        (field,) = bench.fields
        field.send(HELLO)
        assert await received(bench.hub) == HELLO
        bench.hub.send(ANSWER)
        assert await received(field) == ANSWER
        bench.ask("reset")
        assert await received(bench.hub) == breaking_reset(FIELD, HUB, 0)  # what the answer said that it expects
        assert await received(field) == breaking_reset(HUB, FIELD, 6)
        field.send(HELLO)
        late = tcp_segment(HELLO)
        assert late is not None
        assert await received(field) == answering_reset(late)
        field.send(SYN)
        assert await received(bench.hub) == SYN, "a new connection on these ports is whole"

    on_a_bench(scenario)


def test_a_nat_that_has_forgotten_lets_nothing_through() -> None:
    async def scenario(bench: Bench) -> None:
        (field,) = bench.fields
        nat = Nat(idle_s=1e-9, forgets="reset")
        profile = Profile(name="forgetful", title="A NAT that forgets at once", nat=nat)
        bench.ask("apply", profile=profile.model_dump_json(), seed="1")
        field.send(SYN)
        assert await received(bench.hub) == SYN
        bench.hub.send(ANSWER)
        field.send(HELLO)
        answer = tcp_segment(await received(field))
        assert answer == Segment(HUB, FIELD, 0, 0, 0, 0x04)
        bench.shape(Way())
        bench.hub.send(ANSWER)
        assert await received(field) == ANSWER, "the NAT is gone"

    on_a_bench(scenario)


def test_faults_are_of_the_link_and_the_direction_that_was_asked() -> None:
    async def scenario(bench: Bench) -> None:
        first, second = bench.fields
        second_hub = bench.hubs[1]
        bench.ask("stall", field=0, directions=["up"])
        bench.ask("black_hole", field=1, directions=["down"])
        first.send(HELLO)
        bench.hub.send(ANSWER)
        assert await received(first) == ANSWER
        second_hub.send(ANSWER)
        second.send(SYN)
        assert await received(second_hub) == SYN
        bench.ask("heal", directions=["up", "down"])
        assert await received(bench.hub) == HELLO, "it was held"
        bench.ask("cut", field=1)
        second.send(HELLO)
        second_hub.send(ANSWER)
        bench.hub.send(ANSWER)
        assert await received(first) == ANSWER
        bench.ask("heal", directions=["up", "down"])
        second_hub.send(SYN)
        assert await received(second) == SYN
        with contextlib.suppress(BlockingIOError):
            raise AssertionError(f"what was swallowed arrived: {second.recv(65_535)!r}")

    on_a_bench(scenario, fields=2)
