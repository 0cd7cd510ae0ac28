from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from netsim.toxiproxy.endpoint import READ_BYTES_MAX, Endpoint


def with_pair(script: Callable[[Endpoint, socket.socket], Awaitable[None]]) -> None:
    async def run() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            peer = socket.create_connection(listener.getsockname(), timeout=20)
            sock, _ = listener.accept()
        end = Endpoint(sock)
        try:
            await script(end, peer)
        finally:
            end.close()
            peer.close()

    asyncio.run(run())


def test_it_reads_in_chunks_until_the_end() -> None:
    async def script(end: Endpoint, peer: socket.socket) -> None:
        peer.sendall(b"x" * (READ_BYTES_MAX + 1))
        peer.close()
        sizes = []
        while data := await end.receive():
            sizes.append(len(data))
        assert sum(sizes) == READ_BYTES_MAX + 1
        assert max(sizes) <= READ_BYTES_MAX
        assert await end.receive() == b""

    with_pair(script)


def test_closing_wakes_who_reads_and_who_writes() -> None:
    async def script(end: Endpoint, peer: socket.socket) -> None:
        reading = asyncio.ensure_future(end.receive())
        writing = asyncio.ensure_future(end.send(b"x" * 50_000_000))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not (reading.done() or writing.done())
        end.close()
        end.close()
        assert (await reading, await writing) == (b"", False)
        assert (await end.receive(), await end.send(b"x")) == (b"", False)

    with_pair(script)


def test_cancelling_leaves_no_watch_behind() -> None:
    async def script(end: Endpoint, peer: socket.socket) -> None:
        reading = asyncio.ensure_future(end.receive())
        await asyncio.sleep(0)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        peer.sendall(b"later")
        assert await end.receive() == b"later"

    with_pair(script)


@pytest.mark.parametrize("reset", [False, True])
def test_it_closes_with_a_fin_or_a_reset(reset: bool) -> None:
    async def script(end: Endpoint, peer: socket.socket) -> None:
        end.close(reset=reset)
        if reset:
            with pytest.raises(ConnectionResetError):
                peer.recv(1)
        else:
            assert peer.recv(1) == b""

    with_pair(script)
