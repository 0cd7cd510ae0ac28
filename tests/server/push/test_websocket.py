"""Frames and close codes as RFC 6455 has them."""

from __future__ import annotations

import pytest
from tornado.httputil import HTTPHeaders

from server.push.websocket import asks_for_upgrade, frame_of, may_be_sent, offered_subprotocols


@pytest.mark.parametrize(
    ("size", "header"),
    [(0, "8200"), (125, "827d"), (126, "827e007e"), (65_535, "827effff"), (65_536, "827f0000000000010000")],
)
def test_a_frame_states_its_length(size: int, header: str) -> None:
    assert frame_of(b"x" * size) == bytes.fromhex(header) + b"x" * size


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1011, 1013, 3000, 4001, 4999])
def test_codes_that_may_be_sent(code: int) -> None:
    assert may_be_sent(code)


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535])
def test_codes_that_must_not_be_sent(code: int) -> None:
    assert not may_be_sent(code)


@pytest.mark.parametrize(
    ("headers", "asks"),
    [
        ({"Connection": "Upgrade", "Upgrade": "websocket"}, True),
        ({"Connection": "keep-alive, upgrade", "Upgrade": " WebSocket "}, True),
        ({"Connection": "keep-alive", "Upgrade": "websocket"}, False),
        ({"Connection": "Upgrade", "Upgrade": "h2c"}, False),
        ({}, False),
    ],
)
def test_what_asks_for_a_websocket(headers: dict[str, str], asks: bool) -> None:
    assert asks_for_upgrade(HTTPHeaders(headers)) is asks


def test_subprotocols_are_read_in_their_order() -> None:
    assert offered_subprotocols(HTTPHeaders({"Sec-WebSocket-Protocol": "tocsin.v1,  at.kQE ,"})) == [
        "tocsin.v1",
        "at.kQE",
    ]
    assert offered_subprotocols(HTTPHeaders()) == []
