"""The upgrade as it goes over the wire: no byte that means nothing, and older ways of saying the same are understood."""

from __future__ import annotations

import asyncio
import socket
import threading
from pathlib import Path

import pytest

from alerts.dictionary.shipped import shipped
from alerts.wire.codec import Codec
from alerts.wire.dictionary import short_name
from alerts.wire.frames import Dictionary, Frame, Resume, Welcome
from alerts.wire.handshake import AT_PREFIX, HEADER, KEY_PREFIX, SUBPROTOCOL, Hello, pack_hello
from server.store.records import Revoked
from tests.support.dictionaries import own, put_in_use
from tests.support.hub import PATIENCE_S, RunningHub, running_hub
from tests.support.raw_device import upgrade_request

VALUE = pack_hello(Hello(1, Resume(0, 0)))


def _answer(hub: RunningHub, *fields: str) -> tuple[list[str], bytes]:
    """The head of the hub's answer, line by line, and what came in the same read."""
    lines = (
        *("GET /v1/connect HTTP/1.1", "Host: hub", "Upgrade: websocket", "Connection: Upgrade"),
        *("Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", *fields, "", ""),
    )
    with hub.connect() as connection:
        connection.sendall("\r\n".join(lines).encode())
        head, _, rest = connection.recv(65_536).partition(b"\r\n\r\n")
    return head.decode().split("\r\n"), rest


def _first_frame(rest: bytes) -> Frame:
    return Codec().decode(rest[2 : 2 + rest[1]])


def test_the_101_has_what_rfc_6455_asks_for_and_leaves_with_the_first_frames(tmp_path: Path) -> None:
    with running_hub(tmp_path) as hub:
        token = hub.enrol()[1]
        head, rest = _answer(
            hub, f"Sec-WebSocket-Protocol: {SUBPROTOCOL},{AT_PREFIX}{VALUE}", f"Authorization: Bearer {token}"
        )
    assert head[0] == "HTTP/1.1 101 OK"
    assert sorted(line.lower() for line in head[1:]) == [
        "connection: upgrade",
        "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=",
        "sec-websocket-protocol: tocsin.v1",
        "upgrade: websocket",
    ]
    assert isinstance(_first_frame(rest), Welcome)


@pytest.mark.parametrize(
    "fields",
    [
        (f"Sec-WebSocket-Protocol: {SUBPROTOCOL}", "Authorization: Bearer {token}", f"{HEADER}: {VALUE}"),
        (f"Sec-WebSocket-Protocol: {SUBPROTOCOL}, {AT_PREFIX}{VALUE}, {KEY_PREFIX}{{token}}",),
        (f"Sec-WebSocket-Protocol: {KEY_PREFIX}{{token}}, {AT_PREFIX}{VALUE}, {SUBPROTOCOL}",),
    ],
)
def test_who_and_where_may_be_said_in_headers_or_in_the_list(tmp_path: Path, fields: tuple[str, ...]) -> None:
    with running_hub(tmp_path) as hub:
        token = hub.enrol()[1]
        head, rest = _answer(hub, *(field.format(token=token) for field in fields))
        assert head[0].startswith("HTTP/1.1 101")
        assert "Sec-Websocket-Protocol: tocsin.v1" in head, "never another element of the list"
        assert isinstance(_first_frame(rest), Welcome)


def _read_exactly(connection: socket.socket, count: int) -> bytes:
    read = b""
    while len(read) < count:
        read += connection.recv(count - len(read))
    return read


def test_who_is_connected_hears_of_a_dictionary_that_is_put_in_use(tmp_path: Path) -> None:
    hello = Hello(1, Resume(0, 0), dictionaries=(short_name(shipped().address),))
    with running_hub(tmp_path) as hub, hub.connect() as connection:
        request = upgrade_request(hub.enrol()[1]).replace(VALUE.encode(), pack_hello(hello).encode())
        connection.sendall(request)
        head = b""
        while not head.endswith(b"\r\n\r\n\x82"):
            head += _read_exactly(connection, 1)
        put_in_use(tmp_path, own())
        found: Frame = Welcome(0, 0)
        while not isinstance(found, Dictionary):
            found = Codec().decode(_read_exactly(connection, _read_exactly(connection, 1)[0]))
            if not isinstance(found, Dictionary):
                _read_exactly(connection, 1)
    assert found.address == own().address and found.base == 0


def test_an_attempt_that_was_given_up_does_not_push_out_the_one_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_hub(tmp_path) as hub, hub.connect() as first, hub.connect() as second:
        request = upgrade_request(hub.enrol()[1])
        authenticate, may_go_on, has_come = hub.hub.authenticate_device, asyncio.Event(), threading.Event()

        async def slowly(token: str) -> str | Revoked | None:
            monkeypatch.setattr(hub.hub, "authenticate_device", authenticate)
            has_come.set()
            await may_go_on.wait()
            return await authenticate(token)

        monkeypatch.setattr(hub.hub, "authenticate_device", slowly)
        first.sendall(request)
        assert has_come.wait(PATIENCE_S)
        second.sendall(request)
        assert isinstance(_first_frame(second.recv(65_536).partition(b"\r\n\r\n")[2]), Welcome)
        hub.loop.call_soon_threadsafe(may_go_on.set)
        found = b""
        while piece := first.recv(65_536):  # to its end
            found += piece
        assert b"101" in found
        second.settimeout(0)
        with pytest.raises(BlockingIOError):
            second.recv(1)


def test_a_refusal_keeps_the_headers_that_protect_a_browser(tmp_path: Path) -> None:
    with running_hub(tmp_path) as hub:
        fields = (f"Sec-WebSocket-Protocol: {SUBPROTOCOL}, {AT_PREFIX}{VALUE}", "Authorization: Bearer unknown")
        head, _ = _answer(hub, *fields)
    assert head[0] == "HTTP/1.1 401 Unauthorized"
    assert "X-Content-Type-Options: nosniff" in head
    assert "Cache-Control: no-store" in head
