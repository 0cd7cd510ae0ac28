"""What a link carries is counted to the byte, and shared among the alerts that a frame brought."""

from __future__ import annotations

import asyncio
import random

import pytest

from alerts.wire.codec import Codec
from alerts.wire.frames import Data, Pong
from netsim.demo.meter import Messages, Meter, shares
from tests.support.lean import EPOCH, items, live, written

_HEAD = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"


def _frame(payload: bytes, kind: int = 2) -> bytes:
    size = len(payload)
    length = (
        bytes((size,)) if size < 126 else b"\x7e" + size.to_bytes(2) if size < 65536 else b"\x7f" + size.to_bytes(8)
    )
    return bytes((0x80 | kind,)) + length + payload


@pytest.mark.parametrize("seed", range(5))
def test_messages_are_found_however_the_stream_is_cut(seed: int) -> None:
    chance = random.Random(seed)
    payloads = [b"a", b"b" * 125, b"c" * 126, b"d" * 70_000, b""]
    stream = _HEAD + b"".join(_frame(payload) + _frame(b"ping", 9) for payload in payloads)
    messages, found = Messages(), []
    while stream:
        size = chance.randint(1, 30_000)
        found += list(messages.take(stream[:size]))
        stream = stream[size:]
    assert found == [(len(_frame(payload)), payload) for payload in payloads], f"seed {seed}"


def test_an_ordinary_answer_has_no_messages() -> None:
    assert list(Messages().take(b"HTTP/1.1 201 Created\r\n\r\n" + _frame(b"no frame"))) == []


def test_a_message_is_shared_among_its_alerts_without_rest() -> None:
    payload = Codec().encode(Data(77, 0, 3, ((1, b"x" * 100), (3, b"y" * 50)), 3))
    found = shares(101, payload)
    assert sum(found.values()) == 101
    assert found[1] > found[3] > 0
    assert shares(9, Codec().encode(Pong(1))) == {}
    assert shares(9, b"\xff no frame of ours") == {}


def test_bytes_are_counted_both_ways_and_a_hub_that_is_gone_breaks_the_connection() -> None:
    asyncio.run(_count())


async def _count() -> None:
    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(5) * 2)
        await writer.drain()
        writer.close()

    hub = await asyncio.start_server(echo, "127.0.0.1", 0)
    meter = Meter(hub.sockets[0].getsockname()[1])
    await meter.start()
    host, port = meter.address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"hello")
    assert await reader.readexactly(10) == b"hellohello"
    assert (meter.up_bytes, meter.down_bytes, meter.total_bytes) == (5, 10, 15)
    writer.close()
    hub.close()
    reader, writer = await asyncio.open_connection(host, int(port))
    assert await reader.read() == b""
    writer.close()
    await meter.stop()


def test_a_lean_message_is_shared_evenly() -> None:
    message = written(Data(EPOCH, 0, 9, tuple((number, items()[number - 1]) for number in (2, 3, 7))))
    assert shares(300, message) == {2: 100, 3: 100, 7: 100}
    assert shares(80, written(live(3)), 2) == {3: 80}
