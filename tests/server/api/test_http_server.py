"""The limits of the server, on real sockets. Deadlines are set to be short; no test judges how long anything took."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.hub import Role
from server.settings import Limits
from tests.server.api.test_problems import alert, head, parsed, raw
from tests.support.hub import PATIENCE_S, RunningHub, running_hub

HASTY = Limits(
    header_seconds=0.3,
    body_seconds=0.3,
    body_bytes_per_second=1_000_000,
    body_bytes_max=100_000,
    body_bytes_in_flight_max=300_000,
    http_connections_max=400,
)


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A hub that waits for nobody."""
    with running_hub(tmp_path_factory.mktemp("hasty"), limits=HASTY) as running:
        yield running


def is_cut(connection: socket.socket) -> bool:
    """Wait until the hub ends the connection; what it says before is dropped."""
    connection.settimeout(PATIENCE_S)
    try:
        while connection.recv(65536):
            pass
    except ConnectionError:
        return True
    return True


SLOW = {
    "nothing": b"",
    "half a request line": b"GET /v1/al",
    "headers without an end": b"GET /v1/alerts HTTP/1.1\r\nHost: hub\r\nX-A: b\r\n",
    "no body": head("POST", "/v1/alerts", length=1000),
    "half a body": head("POST", "/v1/alerts", length=1000) + b'{"alert":',
    "half a chunk": head("POST", "/v1/enrolments", more="Transfer-Encoding: chunked") + b"ff\r\nabc",
    "no next chunk": head("POST", "/v1/enrolments", more="Transfer-Encoding: chunked") + b"3\r\nabc\r\n",
    "nothing after an answer": b"GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n",
}


@pytest.mark.parametrize("what", list(SLOW))
def test_a_slow_sender_is_cut(hasty: RunningHub, what: str) -> None:
    with hasty.connect() as connection:
        connection.sendall(SLOW[what])
        assert is_cut(connection)


def test_one_that_drips_is_cut_and_not_kept_alive_by_each_drop(hasty: RunningHub) -> None:
    with hasty.connect() as connection:
        connection.settimeout(0.05)
        connection.sendall(b"GET /v1/alerts HTTP/1.1\r\nX-A: ")
        ended = False
        while not ended:
            try:
                connection.sendall(b"x")
                ended = connection.recv(1024) == b""
            except TimeoutError:
                continue
            except ConnectionError:
                ended = True


def test_300_slow_senders_are_all_cut_and_the_hub_answers_meanwhile(hasty: RunningHub) -> None:
    connections = [hasty.connect() for _ in range(300)]
    try:
        for index, connection in enumerate(connections):
            connection.sendall(list(SLOW.values())[index % 3])
        assert hasty.ask("GET", "/healthz", role=None).status_code == 200
        assert all(is_cut(connection) for connection in connections)
    finally:
        for connection in connections:
            connection.close()


def test_more_connections_than_allowed_are_told_so(tmp_path: Path) -> None:
    with running_hub(tmp_path, limits=Limits(http_connections_max=3)) as hub:
        kept = [hub.connect() for _ in range(3)]
        for connection in kept:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: hub\r\n\r\n")
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        with hub.connect() as one_more:
            status, headers, said = parsed(one_more)
        assert status == 503 and "retry-after" in headers and "too many" in said["detail"]
        for connection in kept:
            connection.close()


def test_bodies_that_are_received_share_a_bound(hasty: RunningHub) -> None:
    token = hasty.tokens[Role.AUTHOR]
    waiting = [hasty.connect() for _ in range(3)]
    for connection in waiting:
        connection.sendall(head("POST", "/v1/alerts", length=99_000, more="Expect: 100-continue", token=token))
        assert b"100" in connection.recv(100)
    with hasty.connect() as one_more:
        one_more.sendall(head("POST", "/v1/alerts", length=99_000, token=token))
        assert parsed(one_more)[0] == 503
    for connection in waiting:
        assert is_cut(connection)
        connection.close()
    assert hasty.do(_in_flight(hasty)) == 0


@pytest.mark.parametrize("role", [None, Role.VIEWER])
def test_a_large_body_of_somebody_who_may_not_publish_is_refused_before_it_comes(
    hub: RunningHub, role: Role | None
) -> None:
    token = hub.tokens[role] if role else "unknown"
    status, headers, _ = raw(hub, head("POST", "/v1/alerts", length=900_000, token=token))
    assert status == (403 if role else 401) and ("www-authenticate" in headers) == (role is None)
    assert hub.do(_in_flight(hub)) == 0


async def _in_flight(hub: RunningHub) -> int:
    return hub.process.server.bytes_in_flight


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/v1/alerts", 100_001, 413),
        ("/v1/enrolments", 65_537, 413),
        ("/v1/alerts", "12,13", 400),
        ("/v1/alerts", "-1", 400),
    ],
)
def test_a_length_is_judged_before_the_body_comes(hasty: RunningHub, path: str, length: int, status: int) -> None:
    assert raw(hasty, head("POST", path, length=length, token=hasty.tokens[Role.AUTHOR]))[0] == status


def test_a_chunked_body_is_counted(hasty: RunningHub) -> None:
    chunk = b"ffff\r\n" + b"x" * 0xFFFF + b"\r\n"
    token = hasty.tokens[Role.AUTHOR]
    sent = head("POST", "/v1/alerts", more="Transfer-Encoding: chunked", token=token) + chunk * 2
    assert raw(hasty, sent)[0] == 413


@pytest.mark.parametrize("framing", [b"xyz\r\n", b"5\r\nabcdefgh", b"-1\r\n\r\n"])
def test_wrong_chunks_are_told(hub: RunningHub, framing: bytes) -> None:
    status, _, said = raw(hub, head("POST", "/v1/enrolments", more="Transfer-Encoding: chunked") + framing)
    assert status == 400 and "framing" in said["detail"]


def test_who_sends_too_much_can_read_why(hub: RunningHub) -> None:
    """The answer is not lost in a reset: the rest of the body is taken and dropped."""
    response = hub.ask("POST", "/v1/alerts", data=b"x" * 3_000_000, headers={"Content-Type": "application/json"})
    assert response.status_code == 413


@pytest.mark.parametrize(
    "request_head",
    [
        b"GET /\r\n\r\n",
        b"NONSENSE\r\n\r\n",
        b"GET / HTTP/3.0\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a TLS hello\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: hub\r\nX: \x00\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: hub\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
    ],
)
def test_what_is_not_http_is_told_so_as_a_problem(hub: RunningHub, request_head: bytes) -> None:
    status, headers, said = raw(hub, request_head)
    assert status == 400 and headers["connection"] == "close" and said["type"] == "/v1/docs#bad-request"


def test_what_is_malformed_is_not_repeated_nor_logged(hub: RunningHub, caplog: pytest.LogCaptureFixture) -> None:
    _, _, said = raw(hub, b"GET / HTTP/1.1\r\nAuthorization Bearer s3cr3t\r\n\r\n")
    assert "s3cr3t" not in json.dumps(said) + caplog.text


def test_headers_beyond_all_measure_end_the_connection(hub: RunningHub) -> None:
    with hub.connect() as connection:
        try:
            connection.sendall(b"GET / HTTP/1.1\r\nX: " + b"x" * 1_000_000)
        except ConnectionError:
            return
        assert is_cut(connection)


def test_a_refused_request_leaves_a_connection_that_can_be_used_again(hub: RunningHub) -> None:
    with hub.connect() as connection, connection.makefile("rb") as file:
        for _ in range(3):
            connection.sendall(b"GET /v1/alerts HTTP/1.1\r\nHost: hub\r\n\r\n")
            assert file.readline().startswith(b"HTTP/1.1 401")
            length = 0
            while (line := file.readline()) != b"\r\n":
                name, _, value = line.decode().partition(": ")
                length = int(value) if name == "Content-Length" else length
            file.read(length)


def test_a_request_that_is_cut_off_leaves_nothing_behind(hub: RunningHub) -> None:
    for _ in range(20):
        with hub.connect() as connection:
            connection.sendall(head("POST", "/v1/alerts", length=1000, token=hub.tokens[Role.ADMINISTRATOR]) + b"{")
    body = alert()
    assert hub.ask("POST", "/v1/alerts", json=body).status_code == 201
