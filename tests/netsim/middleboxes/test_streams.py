"""Bytes are carried whole, both ways; an end is passed on; a break breaks both."""

from __future__ import annotations

import asyncio
import socket

import pytest

from netsim.middleboxes.streams import Streams, accepted, carry, closing


async def _pair() -> tuple[Streams, socket.socket]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    return await accepted(ours), theirs


def test_both_ways_are_carried_to_their_end() -> None:
    async def run() -> tuple[bytes, bytes]:
        loop = asyncio.get_running_loop()
        (client, client_end), (service, service_end) = await _pair(), await _pair()
        with client_end, service_end:
            async with closing(client), closing(service):
                carrying = asyncio.create_task(carry(client, service))
                await loop.sock_sendall(client_end, b"up" * 50_000)
                client_end.shutdown(socket.SHUT_WR)
                up = b""
                while chunk := await loop.sock_recv(service_end, 65536):
                    up += chunk
                await loop.sock_sendall(service_end, b"down")
                service_end.shutdown(socket.SHUT_WR)
                await carrying
            return up, await loop.sock_recv(client_end, 100)

    assert asyncio.run(run()) == (b"up" * 50_000, b"down")


def test_what_breaks_is_raised_and_the_rest_is_aborted() -> None:
    async def fail(_: Streams, __: Streams) -> None:
        raise ConnectionResetError

    async def run() -> None:
        (client, client_end), (service, service_end) = await _pair(), await _pair()
        with client_end, service_end:
            with pytest.raises(ExceptionGroup) as broken:
                async with closing(client), closing(service):
                    await carry(client, service, down=fail)
            assert broken.group_contains(ConnectionResetError)
            assert await asyncio.get_running_loop().sock_recv(client_end, 1) == b""

    asyncio.run(run())
