"""Messages of either end leave as frames, in one write."""

from __future__ import annotations

from netsim.virtual import websocket
from netsim.virtual.tcp_link import TcpLink


def test_messages_of_one_turn_leave_in_one_write_masked_only_by_the_device() -> None:
    link = TcpLink(1)
    up: list[bytes] = []
    down: list[bytes] = []
    link.up.send([b"before there is a connection"])
    link.up.write, link.down.write = up.append, down.append
    link.up.send([b"a", b"b"])
    link.down.send([b"c"])
    link.down.send([])
    assert up == [websocket.frame(b"a", is_masked=True) + websocket.frame(b"b", is_masked=True)]
    assert down == [websocket.frame(b"c", is_masked=False)]
