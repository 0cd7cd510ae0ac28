"""Addresses as people write them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from alerts.errors import UserError
from netsim.middleboxes.upstream import Upstream

WRITTEN = {
    "127.0.0.1:8400": Upstream("127.0.0.1", 8400),
    "tcp://db.example:5432": Upstream("db.example", 5432),
    "http://hub.example": Upstream("hub.example", 80),
    "ws://hub.example:8400/v1/connect": Upstream("hub.example", 8400),
    "https://hub.example": Upstream("hub.example", 443, is_tls=True),
    "WSS://hub.example:8443": Upstream("hub.example", 8443, is_tls=True),
    "[::1]:8400": Upstream("::1", 8400),
    "unix:/run/hub.sock": Upstream("/run/hub.sock", 0),
}


@pytest.mark.parametrize("written", WRITTEN)
def test_an_address_is_read(written: str) -> None:
    assert Upstream.parse(written) == WRITTEN[written]


@pytest.mark.parametrize("written", ["", "hub.example", "ftp://hub.example", "hub:many", ":80", "hub:99999"])
def test_what_is_no_address_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(UserError) as refused:
        Upstream.parse(written)
    assert repr(written) in str(refused.value)
    assert "HOST:PORT" in refused.value.hint


def test_an_address_is_written_as_it_is_dialled() -> None:
    for written in ("[::1]:80", "hub.example:80", "unix:/run/hub.sock"):
        assert str(Upstream.parse(written)) == written


def test_a_unix_socket_is_dialled(tmp_path: Path) -> None:
    async def run() -> bytes:
        async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"hello")
            writer.close()

        server = await asyncio.start_unix_server(serve, tmp_path / "socket")
        streams = await Upstream.parse(f"unix:{tmp_path / 'socket'}").dial()
        heard = await streams.reader.read()
        streams.writer.close()
        server.close()
        return heard

    assert asyncio.run(run()) == b"hello"
