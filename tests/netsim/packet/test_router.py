"""The router's two ways without a device: sockets that keep packets apart stand in for the TUNs."""

from __future__ import annotations

import asyncio
import socket

from netsim.packet.router import Router
from netsim.profiles.profile import Way
from tests.netsim.packet.test_ip import packet

SYN = packet(b"", flags=0x02)
HELLO = packet(b"hello", sequence=8)


def _cable() -> tuple[socket.socket, socket.socket]:
    ours, routers = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.setblocking(False)
    routers.setblocking(False)
    return ours, routers


async def _receive(end: socket.socket) -> bytes:
    return await asyncio.wait_for(asyncio.get_running_loop().sock_recv(end, 65_535), 60)


def _router(field: socket.socket, hub: socket.socket, up: Way) -> Router:
    router = Router(field.fileno(), hub.fileno(), "0")
    router.shape({"up": up.model_dump(), "down": Way().model_dump()})
    return router


def test_packets_pass_in_order_and_payload_is_counted() -> None:
    async def scenario() -> None:
        (field, field_tun), (hub, hub_tun) = _cable(), _cable()
        with field, field_tun, hub, hub_tun:
            router = _router(field_tun, hub_tun, Way(delay_ms=20))
            for sent in (SYN, HELLO):
                field.send(sent)
            assert [await _receive(hub), await _receive(hub)] == [SYN, HELLO]
            hub.send(b"\x45 not TCP, and passed on")
            assert await _receive(field) == b"\x45 not TCP, and passed on"
            (flow,) = router.flows({})["flows"]
            assert [total for _, total in flow["up"]] == [5]

    asyncio.run(scenario())


def test_what_is_not_ip_version_4_is_dropped() -> None:
    async def scenario() -> None:
        (field, field_tun), (hub, hub_tun) = _cable(), _cable()
        with field, field_tun, hub, hub_tun:
            _router(field_tun, hub_tun, Way())
            field.send(b"\x60 version 6")
            field.send(SYN)
            assert await _receive(hub) == SYN

    asyncio.run(scenario())


def test_a_receiver_without_room_loses_packets_and_the_router_goes_on() -> None:
    async def scenario() -> None:
        (field, field_tun), (hub, hub_tun) = _cable(), _cable()
        with field, field_tun, hub, hub_tun:
            _router(field_tun, hub_tun, Way())
            large = packet(bytes(1400))
            for _ in range(2000):
                await asyncio.get_running_loop().sock_sendall(field, large)
            hub.send(SYN)
            assert await _receive(field) == SYN
            assert await _receive(hub) == large

    asyncio.run(scenario())
