"""The upgrade and the frames: as long as the real ones, and put together from pieces of any size."""

from __future__ import annotations

import random

from alerts.wire.frames import Resume
from alerts.wire.handshake import Hello, pack_hello
from netsim.virtual import websocket
from server.push.websocket import frame_of


def test_a_servers_frame_is_the_hubs() -> None:
    for size in (0, 125, 126, 65_535, 65_536):
        assert websocket.frame(b"x" * size, is_masked=False) == frame_of(b"x" * size)
        assert len(websocket.frame(b"x" * size, is_masked=True)) == len(frame_of(b"x" * size)) + 4


def test_messages_are_put_together_from_any_pieces() -> None:
    for seed in range(30):
        chance = random.Random(seed)
        messages = [chance.randbytes(chance.choice((0, 1, 125, 126, 3000, 70_000))) for _ in range(5)]
        is_masked = chance.random() < 0.5
        stream = b"".join(websocket.frame(message, is_masked=is_masked) for message in messages)
        reader, found = websocket.Reader(), []
        while stream:
            size = chance.randint(1, 2000)
            reader.feed(stream[:size])
            found += reader.messages()
            stream = stream[size:]
        assert found == messages, f"seed {seed}"


def test_an_upgrade_says_who_and_where_and_is_as_long_as_the_real_one() -> None:
    value = pack_hello(Hello(1, Resume(2, 3)))
    reader = websocket.Reader()
    asked = websocket.request("d0", value)
    reader.feed(asked[:50])
    assert reader.head() is None
    reader.feed(asked[50:] + websocket.frame(b"first", is_masked=True))
    head = reader.head()
    assert head is not None
    assert websocket.read_request(head) == ("d0", value)
    assert reader.messages() == [b"first"]
    # What docs/bench.md shows of the real ones: 282 bytes with a longer value, and 147.
    assert 250 < len(asked) < 290
    assert len(websocket.answer()) == 147
