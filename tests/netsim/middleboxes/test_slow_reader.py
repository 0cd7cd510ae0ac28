"""The service's words are not read, or slowly; the service's system notices, by a window that is closed."""

from __future__ import annotations

import asyncio
import random
import socket

import pytest

from netsim.middleboxes.running import running
from netsim.middleboxes.slow_reader import SlowReader
from netsim.middleboxes.upstream import Upstream
from tests.support.echo import PATIENCE_S, EchoService, all_of, connected, exactly

PLENTY_BYTES = 64 * 1024 * 1024


def test_the_first_bytes_are_read_and_then_no_more(echo: EchoService) -> None:
    with running("slow-reader", echo.address, after_bytes=4) as reader, connected(reader.address) as client:
        client.sendall(b"123456789")
        assert exactly(client, 4) == b"1234"
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)


def test_slowly_everything_comes(echo: EchoService) -> None:
    with running("slow-reader", echo.address, bytes_per_second=40) as reader, connected(reader.address) as client:
        client.sendall(b"1234567890" * 2)
        assert exactly(client, 20) == b"1234567890" * 2


def test_the_service_cannot_write_without_bound() -> None:
    assert asyncio.run(_written_until_it_stops()) < PLENTY_BYTES


async def _written_until_it_stops() -> int:
    """How much a service gets rid of before its writer has to wait for the reader."""
    written = asyncio.get_running_loop().create_future()

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        count = 0
        while count < PLENTY_BYTES and writer.transport.get_write_buffer_size() == 0:
            writer.write(b"x" * 65536)
            count += 65536
            await asyncio.sleep(0)
        written.set_result(count)
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    slow = SlowReader(Upstream(host, port), random.Random(1))
    address = Upstream.parse(await slow.start())
    _, writer = await asyncio.open_connection(address.host, address.port)
    count = await asyncio.wait_for(written, 30)
    writer.close()
    await slow.stop()
    server.close()
    return int(count)


def test_a_client_that_goes_takes_its_connection_with_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as service:
        service.settimeout(PATIENCE_S)
        with running("slow-reader", "{}:{}".format(*service.getsockname())) as reader:
            with connected(reader.address) as client:
                client.sendall(b"1")
                there, _ = service.accept()
            with there:
                there.settimeout(PATIENCE_S)
                assert all_of(there) == b"1"
