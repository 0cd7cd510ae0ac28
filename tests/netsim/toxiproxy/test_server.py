from __future__ import annotations

import asyncio
import random
import socket

import pytest

from alerts.errors import UserError
from netsim.toxiproxy.server import EmbeddedServer


def test_it_says_which_port_it_took_and_gives_it_back() -> None:
    async def run() -> int:
        server = EmbeddedServer(random.Random(1))
        host, port = await server.start()
        assert (host, port > 0) == ("127.0.0.1", True)
        await server.stop()
        return port

    with socket.create_server(("127.0.0.1", asyncio.run(run()))):
        pass


def test_a_taken_port_is_a_clear_error() -> None:
    async def run(port: int) -> None:
        await EmbeddedServer(random.Random(1)).start("127.0.0.1", port)

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UserError, match=f"cannot listen on 127.0.0.1:{port}: Address already in use") as caught:
            asyncio.run(run(port))
    assert "--listen" in caught.value.hint


def test_a_config_makes_proxies_or_says_what_is_wrong() -> None:
    async def run() -> None:
        server = EmbeddedServer(random.Random(1))
        config = b'[{"name": "a", "upstream": "127.0.0.1:1", "listen": "127.0.0.1:0"}]'
        assert await server.populate(config, "here.json") == 1
        assert server.proxies.get("a").enabled
        with pytest.raises(UserError, match=r"here\.json: missing required field: upstream at proxy 1"):
            await server.populate(b'[{"name": "b"}]', "here.json")
        await server.stop()

    asyncio.run(run())
