"""A hub as a process: start, the ready file, signals, stopping in order, TLS, a port that is taken."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

from alerts.errors import UserError
from alerts.session.goodbye import FAREWELLS, Reason
from alerts.wire.codec import Codec
from alerts.wire.frames import Goodbye, Resume
from alerts.wire.handshake import HEADER, SUBPROTOCOL, Hello, pack_hello
from server.hub import Hub, Role
from server.process import HubProcess
from server.settings import Limits, Settings
from tests.server.api.test_problems import alert, head
from tests.support.hub import PATIENCE_S, RunningHub, running_hub

HUB = Path(sys.executable).with_name("tocsin-hub")


class Started:
    """`tocsin-hub serve` as a process of its own."""

    def __init__(self, data: Path, *flags: str) -> None:
        self.data = data
        self.ready = data.parent / f"{data.name}.ready"
        self.process = subprocess.Popen(
            [HUB, "serve", "--data", data, "--port", "0", "--ready-file", self.ready, *flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.first_line = self.process.stdout.readline()  # written when it listens, before the ready file
        while not self.ready.exists():
            assert self.process.poll() is None, self.process.communicate()

    @property
    def said(self) -> dict[str, object]:
        """The ready file."""
        found: dict[str, object] = json.loads(self.ready.read_text())
        return found

    def end(self, *numbers: signal.Signals) -> tuple[int, str]:
        """Signal it; its exit code and what it logged."""
        for number in numbers:
            self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=PATIENCE_S)
        return self.process.returncode, errors


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    one = Started(tmp_path / "data")
    yield one
    if one.process.poll() is None:
        one.end(signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_says_where_it_listens_and_stops_in_order(started: Started, number: signal.Signals) -> None:
    address = str(started.said["address"])
    assert address in started.first_line and started.said["pid"] == started.process.pid
    assert requests.get(f"{address}/healthz", timeout=PATIENCE_S).status_code == 200
    code, logged = started.end(number)
    assert code == 0 and "stopped" in logged and not started.ready.exists()


def test_a_second_signal_is_immediate(started: Started) -> None:
    port = int(str(started.said["port"]))
    with socket.create_connection(("127.0.0.1", port)) as busy:
        busy.sendall(head("POST", "/v1/alerts", length=1000) + b"{")  # begun, so a stopping hub waits for it
        busy.sendall(b" ")
        requests.get(f"{started.said['address']}/healthz", timeout=PATIENCE_S)
        started.process.send_signal(signal.SIGTERM)
        assert started.process.stderr is not None
        while "stopping" not in started.process.stderr.readline():
            pass
        code, _ = started.end(signal.SIGTERM)
    assert code == 130


def test_a_taken_port_is_told_with_a_hint(started: Started, tmp_path: Path) -> None:
    port = str(started.said["port"])
    done = subprocess.run(
        [HUB, "serve", "--data", tmp_path / "other", "--port", port], capture_output=True, text=True, check=False
    )
    assert done.returncode == 3 and f"port {port} on 127.0.0.1 is taken" in done.stderr and "--port" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "other").exists(), "nothing is made for a hub that cannot listen"


def test_a_second_hub_on_the_same_data_is_refused(started: Started) -> None:
    done = subprocess.run(
        [HUB, "serve", "--data", started.data, "--port", "0"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1 and "a hub is running on" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"host": "192.0.2.1"}, "no address of this machine"),
        ({"host": "no such host.invalid"}, "no address of this machine"),
        ({"tls_cert": Path("none.pem"), "tls_key": Path("none.key")}, "cannot be read"),
    ],
)
def test_what_keeps_a_hub_from_listening_is_told(tmp_path: Path, settings: dict[str, object], words: str) -> None:
    with pytest.raises(UserError, match=words):
        asyncio.run(HubProcess(Settings.model_validate({"data": tmp_path, "port": 0, **settings})).start())


# -- stopping ---------------------------------------------------------------------------------------------------------


async def connected(hub: RunningHub, token: str) -> WebSocketClientConnection:
    """A device's connection."""
    request = HTTPRequest(
        f"ws{hub.address.removeprefix('http')}/v1/connect",
        headers={
            "Authorization": f"Bearer {token}",
            HEADER: pack_hello(Hello(7, Resume(0, 0))),
            "Sec-WebSocket-Protocol": SUBPROTOCOL,
        },
    )
    return await websocket_connect(request)


async def last_words(connection: WebSocketClientConnection) -> tuple[Goodbye | None, int | None]:
    """The goodbye, and the close code."""
    goodbye = None
    while isinstance(message := await connection.read_message(), bytes):
        frame = Codec().decode(message)
        goodbye = frame if isinstance(frame, Goodbye) else goodbye
    return goodbye, connection.close_code


def test_a_stopping_hub_answers_what_it_began_and_says_goodbye(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()
    publish = Hub.publish

    async def slow(self: Hub, *args: object, **options: object) -> object:
        begun.set()
        await go_on.wait()
        return await publish(self, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Hub, "publish", slow)
    with running_hub(tmp_path, limits=Limits(stop_seconds=PATIENCE_S)) as hub:
        token = hub.enrol()[1]

        async def scene() -> tuple[bytes, tuple[Goodbye | None, int | None]]:
            device = await connected(hub, token)
            reader, writer = await asyncio.open_connection("127.0.0.1", hub.process.port)
            body = json.dumps(alert()).encode()
            writer.write(head("POST", "/v1/alerts", length=len(body), token=hub.tokens[Role.AUTHOR]) + body)
            await begun.wait()
            stopping = hub.process.stop()
            await asyncio.sleep(0)
            with pytest.raises(OSError, match="onnect"):
                await asyncio.open_connection("127.0.0.1", hub.process.port)
            go_on.set()
            answer = await reader.read()
            writer.close()
            words = await last_words(device)
            await stopping
            return answer, words

        answer, (goodbye, code) = hub.do(scene())
    assert answer.startswith(b"HTTP/1.1 201")
    assert goodbye is not None and goodbye.reason == Reason.STOPPING and code == FAREWELLS[Reason.STOPPING].close_code


def test_a_body_that_is_still_on_its_way_is_awaited_and_nothing_new_is_begun(tmp_path: Path) -> None:
    with running_hub(tmp_path, limits=Limits(stop_seconds=PATIENCE_S)) as hub:

        async def scene() -> tuple[bytes, bytes]:
            body = json.dumps(alert()).encode()
            request = head("POST", "/v1/alerts", length=len(body), token=hub.tokens[Role.AUTHOR])
            reader, writer = await asyncio.open_connection("127.0.0.1", hub.process.port)
            other_reader, other_writer = await asyncio.open_connection("127.0.0.1", hub.process.port)
            other_writer.write(b"GET /healthz HTTP/1.1\r\n")
            writer.write(request + body[:10])
            while not (hub.process.server.in_progress and hub.process.server.connection_count == 2):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
            stopping = hub.process.stop()
            await asyncio.sleep(0)
            other_writer.write(b"Host: hub\r\n\r\n")
            refused = await other_reader.read()
            writer.write(body[10:])
            answer = await reader.read()
            await stopping
            for one in (writer, other_writer):
                one.close()
            return answer, refused

        answer, refused = hub.do(scene())
    assert answer.startswith(b"HTTP/1.1 201"), answer
    assert refused.startswith(b"HTTP/1.1 503") and b"#stopping" in refused and b"Retry-After" in refused


def test_a_device_that_a_command_revokes_is_cut_and_one_that_the_api_revokes_too(tmp_path: Path) -> None:
    with running_hub(tmp_path) as hub:
        for by_command in (True, False):
            device, token = hub.enrol()

            async def scene(device: str, token: str, by_command: bool) -> Goodbye | None:
                connection = await connected(hub, token)
                if by_command:
                    ended = await asyncio.create_subprocess_exec(
                        *(HUB, "device", "revoke", device, "--data", tmp_path), stdout=subprocess.DEVNULL
                    )
                    assert await ended.wait() == 0
                else:
                    await hub.hub.revoke_device(device)
                return (await last_words(connection))[0]

            goodbye = hub.do(scene(device, token, by_command))
            assert goodbye is not None and goodbye.reason == Reason.REVOKED
            assert hub.ask("GET", f"/v1/devices/{device}").json()["connected"] is False


# -- TLS --------------------------------------------------------------------------------------------------------------


def make_certificate(folder: Path, password: bytes | None = None) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hub")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    kind = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(built.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, kind))
    return cert_file, key_file


def test_with_a_certificate_it_speaks_tls_and_nothing_else(tmp_path: Path) -> None:
    cert, key = make_certificate(tmp_path)
    with running_hub(tmp_path / "data", tls_cert=cert, tls_key=key) as hub:
        assert hub.address.startswith("https://")
        url = f"https://localhost:{hub.process.port}/healthz"
        assert requests.get(url, verify=str(cert), timeout=PATIENCE_S).status_code == 200
        with pytest.raises(requests.exceptions.ConnectionError):
            requests.get(url.replace("https", "http"), timeout=PATIENCE_S)
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        with warnings.catch_warnings(action="ignore"):  # that it is old is the point
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        with hub.connect() as connection, pytest.raises(ssl.SSLError, match=r"(?i)version|protocol"):
            old.wrap_socket(connection)


def test_a_key_with_a_password_or_of_another_certificate_is_told(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    cert, key = make_certificate(tmp_path, b"secret")
    _, other = make_certificate(tmp_path / "other")
    for wrong in (key, other):
        with pytest.raises(UserError, match="cannot be used"):
            asyncio.run(HubProcess(Settings(data=tmp_path / "data", port=0, tls_cert=cert, tls_key=wrong)).start())


def test_a_ready_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        [HUB, "serve", "--data", tmp_path / "d", "--port", "0", "--ready-file", tmp_path / "none" / "file"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"NO_COLOR": "1"},
    )
    assert done.returncode == 1 and "ready file" in done.stderr and "Traceback" not in done.stderr


def test_it_trains_by_itself_unless_the_setting_says_otherwise(tmp_path: Path) -> None:
    for setting, trains in (("auto", True), ("off", False)):
        with running_hub(tmp_path / setting, dictionary_training=setting) as hub:
            assert (hub.process._training is not None) is trains


def test_a_hub_starts_without_what_few_ask_of_it() -> None:
    heavy = ["shapely", "numpy", "segno", "apprise"]
    look = f"import sys, server.process; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
