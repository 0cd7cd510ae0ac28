"""Heads of HTTP messages, as they come and as they are sent on."""

from __future__ import annotations

import asyncio

import pytest

from netsim.middleboxes.http_head import Head, NotHttpError, read_head
from netsim.middleboxes.streams import Streams
from tests.support.echo import UPGRADE


def _read(raw: bytes) -> Head:
    async def read() -> Head:
        reader = asyncio.StreamReader(limit=1024)
        reader.feed_data(raw)
        reader.feed_eof()
        return await read_head(Streams(reader, None))  # type: ignore[arg-type]  # nothing is written here

    return asyncio.run(read())


def test_a_head_is_sent_on_as_it_came() -> None:
    head = _read(UPGRADE)
    assert head.pack() == UPGRADE
    assert (head.target, head.asks_for_upgrade, head.get("upgrade")) == ("/ws", True, "websocket")


def test_headers_are_taken_out_whatever_their_case() -> None:
    head = _read(UPGRADE).without(["UPGRADE", "connection"]).with_line("Connection", "close")
    assert not head.asks_for_upgrade
    assert head.pack().endswith(b"\r\nConnection: close\r\n\r\n")


@pytest.mark.parametrize("raw", [b"EHLO mail\r\n\r\n", b"GET / HTTP/1.1\r\nno header\r\n\r\n", b"G" * 5000])
def test_what_is_no_http_is_refused(raw: bytes) -> None:
    with pytest.raises(NotHttpError):
        _read(raw + b"\r\n\r\n")


def test_one_that_ends_before_its_end_is_no_head() -> None:
    with pytest.raises(EOFError):
        _read(UPGRADE[:-2])
