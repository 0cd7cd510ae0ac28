"""Whatever comes from outside: a clear error, the connection or the request ends, and the hub goes on serving."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from peewee import SqliteDatabase

from alerts import limits
from alerts.session.goodbye import FAREWELLS, Reason
from alerts.wire.frames import Goodbye, Resume
from client import Trouble
from server.hub import Role
from server.settings import Limits
from tests.support.cap_alerts import example
from tests.support.device import Device
from tests.support.hub import PLENTY, RunningHub, running_hub
from tests.support.hub_child import LAUNCH
from tests.support.raw_device import BINARY, CLOSE, PING, TEXT, RawDevice, upgrade_request
from tests.support.site import warning
from tests.support.waiting import SECONDS_MAX, until, wait_until

EVERYONE = {"everyone": True}
HEADER_SECONDS = 0.5
SLOW_CONNECTIONS = 50
GARBAGE_SEED = 3
GARBAGE_ROUNDS = 150


@pytest.fixture(scope="module")
def the_hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """One hub for all tests that leave it as it was."""
    with running_hub(tmp_path_factory.mktemp("hub")) as running:
        running.do(running.hub.import_areas([("KE", "Kenya")]))
        yield running


@pytest.fixture
def hub(the_hub: RunningHub) -> Iterator[RunningHub]:
    """The hub, which after the test still serves."""
    yield the_hub
    check_serves(the_hub)


@pytest.fixture(scope="module")
def token(the_hub: RunningHub) -> str:
    """The token of a device."""
    return the_hub.enrol()[1]


def check_serves(hub: RunningHub) -> None:
    """It takes an alert, and a device comes and goes."""
    published = publish(hub, f"still-{random.SystemRandom().randrange(10**9)}")
    assert published.status_code == 201, published.text
    with RawDevice(hub, hub.enrol()[1]) as device:
        device.send(CLOSE, struct.pack("!H", 1000))
        assert device.frames_to_the_end()[1] == 1000


def publish(hub: RunningHub, identifier: str, **changes: Any) -> Any:
    """One small alert to everyone; the answer."""
    return hub.ask("POST", "/v1/alerts", json={"alert": warning(identifier, **changes), "audience": EVERYONE})


# -- frames -----------------------------------------------------------------------------------------------------------

CLOSED_WITH: dict[str, tuple[int, Callable[[RawDevice], None]]] = {
    "text": (1003, lambda device: device.send(TEXT, b"hello")),
    "unmasked": (1002, lambda device: device.send(BINARY, b"hello", mask=b"")),
    "a close code that is never sent": (1002, lambda device: device.send(CLOSE, struct.pack("!H", 1006))),
    "a close code below all": (1002, lambda device: device.send(CLOSE, struct.pack("!H", 999))),
    "a close code above all": (1002, lambda device: device.send(CLOSE, struct.pack("!H", 5000))),
    "half a close code": (1002, lambda device: device.send(CLOSE, b"\x03")),
    "a frame of the protocol that is none": (1002, lambda device: device.send(BINARY, b"\xc1\xc1\xc1")),
    "an empty message": (1002, lambda device: device.send(BINARY, b"")),
}


@pytest.mark.parametrize("name", CLOSED_WITH)
def test_a_frame_that_is_forbidden_closes_with_a_code_that_says_so(hub: RunningHub, token: str, name: str) -> None:
    code, send = CLOSED_WITH[name]
    with RawDevice(hub, token) as device:
        send(device)
        assert device.frames_to_the_end()[1] == code


def test_a_broken_frame_is_answered_with_words(hub: RunningHub, token: str) -> None:
    with RawDevice(hub, token) as device:
        device.send(BINARY, b"\xc1\xc1\xc1")
        goodbye = device.frames_to_the_end()[0][-1]
    assert isinstance(goodbye, Goodbye)
    assert goodbye.reason == Reason.PROTOCOL_ERROR
    assert goodbye.words


@pytest.mark.parametrize("size", [limits.UPLINK_FRAME_BYTES_MAX + 1, 2**40, 2**63 - 1])
def test_a_message_that_is_too_large_is_refused_by_its_length(hub: RunningHub, token: str, size: int) -> None:
    with RawDevice(hub, token) as device:
        device.send(BINARY, b"only the beginning", size=size)
        assert device.frames_to_the_end()[1] in (1009, None)


@pytest.mark.parametrize("first", [0x83, 0xC2, 0xF2, 0x09, 0x80])
def test_reserved_bits_and_opcodes_end_the_connection(hub: RunningHub, token: str, first: int) -> None:
    with RawDevice(hub, token) as device:
        device.send(PING, b"x", first=first)
        assert device.frames_to_the_end()[1] in (1002, None)


def test_garbage_of_any_kind_ends_its_own_connection_only(hub: RunningHub, token: str) -> None:
    sys.stdout.write(f"seed {GARBAGE_SEED}\n")
    chance = random.Random(GARBAGE_SEED)
    for _ in range(GARBAGE_ROUNDS):
        with RawDevice(hub, token) as device:
            body = chance.randbytes(chance.randrange(200))
            if chance.random() < 0.5:
                device.send(BINARY, body)
            else:
                device.send_bytes(body)


# -- who may come in --------------------------------------------------------------------------------------------------


def _answer(hub: RunningHub, request: bytes) -> bytes:
    """All of the answer to one request, until the hub closes."""
    answer = b""
    with hub.connect() as connection:
        connection.sendall(request.replace(b"Upgrade\r\nSec", b"Upgrade, close\r\nSec"))
        while not answer.endswith(b"}") and (chunk := connection.recv(65536)):
            answer += chunk
    return answer


def test_a_wrong_token_is_refused_before_the_upgrade_in_words(hub: RunningHub) -> None:
    device, revoked = hub.enrol()
    assert hub.ask("DELETE", f"/v1/devices/{device}").status_code == 204
    wrong = {
        "nobody's": b"unauthorized",
        hub.tokens[Role.ADMINISTRATOR]: b"unauthorized",
        revoked: b"credential-revoked",
    }
    for secret, problem in wrong.items():
        answer = _answer(hub, upgrade_request(secret))
        assert answer.startswith(b"HTTP/1.1 401"), answer
        assert b"/v1/docs#" + problem in answer
        assert secret.encode() not in answer


@pytest.mark.parametrize("header", [b"Upgrade: websocket\r\n", b"Connection: Upgrade, close\r\n"])
def test_an_upgrade_that_a_proxy_took_out_is_asked_for(hub: RunningHub, token: str, header: bytes) -> None:
    request = upgrade_request(token).replace(b"Upgrade\r\nSec", b"Upgrade, close\r\nSec")
    answer = _answer(hub, request.replace(header, b"Connection: close\r\n"))
    assert answer.startswith(b"HTTP/1.1 426"), answer
    assert b"Upgrade: websocket" in answer
    assert b"a proxy on the way took it out" in answer


def test_a_handshake_that_is_none_is_refused_in_words(hub: RunningHub, token: str) -> None:
    request = upgrade_request(token)
    before, at = request.rsplit(b": ", 1)
    for broken in (b"!!", b"AAAA", b"k" * (limits.HELLO_CHARS_MAX + 1)):
        answer = _answer(hub, before + b": " + broken + b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 400") and b"/v1/docs#handshake-invalid" in answer, answer
    assert at


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"{", 400, "line 1"),
        (b"[]", 422, "body: must be an object"),
        ({"alert": example(status="Sure", scope=None), "audience": EVERYONE}, 422, "alert.scope"),
        ({"alert": warning("a"), "audience": {"areas": ["KE", "XX-1"]}}, 422, "XX-1"),
        ({"alert": warning("b")}, 422, "audience"),
        ({"alert": example(), "audience": EVERYONE}, 422, "expired"),
    ],
    ids=["no JSON", "another shape", "two violations", "an unknown area", "no audience", "expired"],
)
def test_what_cannot_be_published_is_named(hub: RunningHub, body: Any, status: int, said: str) -> None:
    options: dict[str, Any] = {"data": body} if isinstance(body, bytes) else {"json": body}
    headers = {"Content-Type": "application/json"}
    answer = hub.ask("POST", "/v1/alerts", headers=headers, **options)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert said in answer.text


# -- slow peers -------------------------------------------------------------------------------------------------------


def test_who_sends_headers_slowly_is_cut_and_others_are_served_meanwhile(tmp_path: Path) -> None:
    slow = PLENTY.model_copy(update={"header_seconds": HEADER_SECONDS})
    with running_hub(tmp_path, limits=slow) as hub, ExitStack() as stack:
        connections = [stack.enter_context(hub.connect()) for _ in range(SLOW_CONNECTIONS)]
        for connection in connections:
            connection.sendall(b"POST /v1/alerts HTTP/1.1\r\nHost: h")
        check_serves(hub)
        for connection in connections:
            wait_until(lambda connection=connection: _is_over(connection), "the slow connection is cut")  # type: ignore[misc]
        wait_until(lambda: hub.process.server.connection_count == 0, "nothing is held for them")
        check_serves(hub)


def _is_over(connection: socket.socket) -> bool:
    try:
        connection.sendall(b"x")
        return not connection.recv(65536)
    except (ConnectionResetError, BrokenPipeError):
        return True


def test_a_device_that_never_reads_costs_bounded_memory_and_hears_why(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ANSWER_SECONDS", 0.3)
    monkeypatch.setattr(limits, "SLOWEST_BYTES_PER_SECOND", 10**7)
    text = random.Random(1).randbytes(20_000).hex()
    with running_hub(tmp_path) as hub:
        name, token = hub.enrol()
        epoch, head = hub.hub.log.path.newest(), hub.hub.log.head
        with RawDevice(hub, token, at=Resume(epoch, head, as_of=head), receive_bytes=4096) as device:
            for index in range(60):
                assert publish(hub, f"large-{index}", note=text).status_code == 201
            wait_until(lambda: _is_given_up(hub, name), "the hub gives the device up")
            frames, code = device.frames_to_the_end()
        goodbye = frames[-1]
        assert isinstance(goodbye, Goodbye)
        assert (goodbye.reason, code) == (Reason.TOO_SLOW, FAREWELLS[Reason.TOO_SLOW].close_code)
        in_flight_bytes_max = limits.FRAMES_IN_FLIGHT_MAX * (limits.BATCH_BYTES_MAX + len(text))
        assert device.bytes_in <= in_flight_bytes_max < 60 * len(text)
        check_serves(hub)


def _is_given_up(hub: RunningHub, device: str) -> bool:
    return hub.ask("GET", f"/v1/devices/{device}").json()["connected"] is False


# -- the machine ------------------------------------------------------------------------------------------------------


def test_a_port_that_is_taken_is_named(hub: RunningHub, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", LAUNCH, "serve", "--data", tmp_path, "--port", str(hub.process.port)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 3
    assert f"port {hub.process.port} on 127.0.0.1 is taken" in ran.stderr
    assert "--port" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_a_full_disk_refuses_what_cannot_be_kept_and_goes_on_when_there_is_room(tmp_path: Path) -> None:
    with running_hub(tmp_path / "hub", limits=Limits(publishes_burst=1000)) as hub:
        asyncio.run(_through_a_full_disk(tmp_path / "nyota", hub))


async def _through_a_full_disk(folder: Path, hub: RunningHub) -> None:
    nyota = Device(folder)
    await nyota.join(hub.address, hub.do(hub.hub.make_enrolment_code()), ("en",))
    await nyota.start()
    try:
        assert (await asyncio.to_thread(publish, hub, "before")).status_code == 201
        await until(lambda: nyota.arrivals() == Counter(["before"]), "it has arrived")
        _set_room(hub, 0)
        refused = await asyncio.to_thread(_fill, hub)
        assert refused.status_code == 507
        assert refused.json()["type"] == "/v1/docs#store-full"
        assert "no room" in refused.json()["detail"]
        assert (await asyncio.to_thread(hub.ask, "GET", "/v1/alerts")).status_code == 200
        await nyota.client.acknowledge("before")

        _set_room(hub, 10_000)
        assert (await asyncio.to_thread(publish, hub, "after")).status_code == 201
        nyota.client.connect_now()
        await until(lambda: nyota.arrivals()["after"] == 1, "what came later has arrived")
        await until(nyota.is_all_sent, "the hub has the acknowledgement")
        counts = (await asyncio.to_thread(hub.ask, "GET", "/v1/alerts/before/delivery")).json()["counts"]
        assert counts["acknowledged"] == 1
        assert set(nyota.troubles()) <= {Trouble.HUB_LEFT}
    finally:
        await nyota.stop()


def _fill(hub: RunningHub) -> Any:
    """Publish until the hub refuses; that answer."""
    for index in range(100):
        answer = publish(hub, f"fill-{index}", note="x" * 20_000)
        if answer.status_code != 201:
            return answer
    raise AssertionError("there was room for everything")


def _set_room(hub: RunningHub, pages: int) -> None:
    """How many pages the database may grow by from now on."""

    def job(db: SqliteDatabase) -> None:
        (used,) = db.execute_sql("PRAGMA page_count").fetchone()  # type: ignore[no-untyped-call]
        db.execute_sql(f"PRAGMA max_page_count = {used + pages}")  # type: ignore[no-untyped-call]

    hub.hub._store.write(job).result(SECONDS_MAX)
