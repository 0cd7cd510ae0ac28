"""One connection: made in bounded time, and what its failures mean."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tornado.web import RequestHandler

from alerts.session.goodbye import Reason
from alerts.session.position import Position
from alerts.wire.handshake import Hello
from client.connection import ConnectError, HubConnection, connect, masked_frame
from client.patience import PATIENCE_SECONDS_MIN
from client.store import Identity
from client.trouble import End, Trouble
from tests.support.small_hub import DEVICE, TOKEN, SmallHub, problem

HELLO = Hello(7, Position().resume(), ("en",))


def _nothing() -> None:
    """Nobody listens for bytes."""


def _with_hub(test: Callable[[SmallHub], Awaitable[None]]) -> None:
    async def main() -> None:
        hub = SmallHub()
        hub.start()
        try:
            await test(hub)
        finally:
            await hub.stop()

    asyncio.run(main())


async def _end(address: str, token: str = TOKEN, patience_s: float = PATIENCE_SECONDS_MIN) -> End:
    with pytest.raises(ConnectError) as failed:
        await connect(Identity(DEVICE, token, address), HELLO, _nothing, patience_s=patience_s)
    return failed.value.end


def test_it_says_who_and_where_in_the_upgrade() -> None:
    async def test(hub: SmallHub) -> None:
        connection = await connect(Identity(DEVICE, TOKEN, hub.address), HELLO, _nothing)
        assert isinstance(await connection.read_message(), bytes)
        assert hub.hellos == [HELLO]
        await connection.closed(10)
        connection.abort()

    _with_hub(test)


def test_a_request_has_what_the_upgrade_needs_and_no_more() -> None:
    async def test() -> None:
        heads: list[bytes] = []

        async def note(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            heads.append(await reader.readuntil(b"\r\n\r\n"))
            writer.close()

        server = await asyncio.start_server(note, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            await _end(f"http://127.0.0.1:{port}")
        lines = heads[0].decode().split("\r\n")
        assert lines[0] == "GET /v1/connect HTTP/1.1"
        assert sorted(line.partition(":")[0].lower() for line in lines[1:] if line) == [
            *("authorization", "connection", "host", "sec-websocket-key"),
            *("sec-websocket-protocol", "sec-websocket-version", "upgrade"),
        ]

    asyncio.run(test())


def _answer(status: int, kind: str = "", **headers: str) -> Callable[[RequestHandler], None]:
    def refuse(handler: RequestHandler) -> None:
        for name, value in headers.items():
            handler.set_header(name.replace("_", "-"), value)
        if kind:
            problem(handler, status, kind, "these are the hub's words")
        else:
            handler.set_status(status)
            handler.finish("<html>Welcome to Airport Wi-Fi</html>")

    return refuse


@pytest.mark.parametrize(
    ("refuse", "trouble", "told_s"),
    [
        (_answer(200), Trouble.NOT_A_HUB, None),
        (_answer(302, Location="http://portal.example/"), Trouble.NOT_A_HUB, None),
        (_answer(401), Trouble.NOT_A_HUB, None),
        (_answer(403), Trouble.NOT_A_HUB, None),
        (_answer(404), Trouble.NOT_A_HUB, None),
        (_answer(511), Trouble.NOT_A_HUB, None),
        (_answer(426), Trouble.NO_WEBSOCKET, None),
        (_answer(501), Trouble.NO_WEBSOCKET, None),
        (_answer(426, "upgrade-required"), Trouble.NO_WEBSOCKET, None),
        (_answer(502), Trouble.UNREACHABLE, None),
        (_answer(401, "unauthorized"), Trouble.UNKNOWN_CREDENTIAL, None),
        (_answer(403, "credential-revoked"), Trouble.REVOKED, None),
        (_answer(401, "credential-revoked"), Trouble.REVOKED, None),
        (_answer(400, "handshake-invalid"), Trouble.REFUSED, None),
        (_answer(500, "internal"), Trouble.REFUSED, None),
        (_answer(429, "overloaded", Retry_After="17"), Trouble.BUSY, 17),
        (_answer(503, Retry_After="5"), Trouble.BUSY, 5),
        (
            _answer(503, Retry_After="Fri, 01 Jan 2100 00:00:30 GMT", Date="Fri, 01 Jan 2100 00:00:00 GMT"),
            Trouble.BUSY,
            30,
        ),
        (
            _answer(503, Retry_After="Fri, 01 Jan 2100 00:00:00 GMT", Date="Fri, 01 Jan 2100 00:00:30 GMT"),
            Trouble.BUSY,
            0,
        ),
        (_answer(503, Retry_After="soon"), Trouble.BUSY, None),
        (_answer(503), Trouble.BUSY, None),
    ],
)
def test_what_an_answer_means(refuse: Callable[[RequestHandler], None], trouble: Trouble, told_s: float | None) -> None:
    async def test(hub: SmallHub) -> None:
        hub.refuse = refuse
        end = await _end(hub.address)
        assert (end.trouble, end.told_s) == (trouble, told_s)

    _with_hub(test)


def test_an_unknown_token_is_said_in_the_hubs_words() -> None:
    async def test(hub: SmallHub) -> None:
        end = await _end(hub.address, "another")
        assert end.trouble is Trouble.UNKNOWN_CREDENTIAL
        assert "this credential is not known" in end.words

    _with_hub(test)


def _self_signed(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A certificate for 127.0.0.1 that nobody else has signed, and the file with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a hub")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "hub.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    unencrypted = serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unencrypted))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(public, private)
    return context, str(public)


def test_a_certificate_counts_if_this_machine_or_the_person_trusts_it(tmp_path: Path) -> None:
    async def main() -> None:
        context, file = _self_signed(tmp_path)
        hub = SmallHub(certificate=context)
        hub.start()
        end = await _end(hub.address)
        assert end.trouble is Trouble.CERTIFICATE
        heard: list[None] = []
        identity = Identity(DEVICE, TOKEN, hub.address, ca_file=file)
        connection = await connect(identity, HELLO, lambda: heard.append(None))
        for _ in range(2):
            assert isinstance(await connection.read_message(), bytes)
        hub.sockets[0].end(Reason.STOPPING)
        assert isinstance(await connection.read_message(), bytes)
        assert heard, "bytes are heard through TLS as well"
        connection.abort()
        missing = Identity(DEVICE, TOKEN, hub.address, ca_file=str(tmp_path / "gone.pem"))
        with pytest.raises(ConnectError) as failed:
            await connect(missing, HELLO, _nothing)
        assert "is gone" in failed.value.end.words
        await hub.stop()

    asyncio.run(main())


def test_nobody_listens() -> None:
    async def main() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            end = await _end(f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert end.trouble is Trouble.UNREACHABLE
        assert "refused" in end.words

    asyncio.run(main())


def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    end = asyncio.run(_end("http://hub.invalid"))
    assert (end.trouble, end.detail) == (Trouble.UNREACHABLE, "its name is not known here")


Reply = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def _with_server(reply: Reply, test: Callable[[str], Awaitable[None]]) -> None:
    async def main() -> None:
        done = asyncio.Event()

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reply(reader, writer)
            await done.wait()
            writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            await test(f"http://127.0.0.1:{port}")
        finally:
            done.set()
            server.close()

    asyncio.run(main())


def _saying(data: bytes, *, closes: bool = False) -> Reply:
    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(data)
        if closes:
            writer.close()

    return reply


UPGRADE = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"


@pytest.mark.parametrize(
    ("data", "troubles"),
    [
        (b"SSH-2.0-OpenSSH_9\r\n", {Trouble.NOT_A_HUB, Trouble.BROKEN}),
        (UPGRADE + b"Sec-WebSocket-Accept: wrong\r\n\r\n", {Trouble.NOT_A_HUB, Trouble.BROKEN}),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n", {Trouble.NOT_A_HUB, Trouble.BROKEN}),
        (b"", {Trouble.BROKEN}),
    ],
)
def test_what_is_no_hub_at_all(data: bytes, troubles: set[Trouble]) -> None:
    async def test(address: str) -> None:
        assert (await _end(address)).trouble in troubles

    _with_server(_saying(data, closes=True), test)


def test_the_time_between_the_connect_and_the_101_is_bounded() -> None:
    async def test(address: str) -> None:
        assert (await _end(address, patience_s=0.2)).trouble is Trouble.NO_ANSWER

    _with_server(_saying(b"HTTP/1.1 101 Switching"), test)


def test_a_connect_that_is_cancelled_leaves_nothing_open() -> None:
    async def main() -> None:
        arrived, gone = asyncio.Event(), asyncio.Event()

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            arrived.set()
            await reader.read()
            gone.set()
            writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        task = asyncio.ensure_future(connect(Identity(DEVICE, TOKEN, address), HELLO, _nothing))
        async with asyncio.timeout(30):
            await arrived.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await gone.wait()
        server.close()

    asyncio.run(main())


def test_half_a_message_is_heard() -> None:
    async def test(hub: SmallHub) -> None:
        heard: list[None] = []
        more = asyncio.Event()

        def on_bytes() -> None:
            heard.append(None)
            more.set()

        connection = await connect(Identity(DEVICE, TOKEN, hub.address), HELLO, on_bytes)
        for _ in range(2):  # Welcome and the list that a new device is sent
            await connection.read_message()
        reading = asyncio.ensure_future(connection.read_message())
        before = len(heard)
        hub.sockets[0].write_raw(b"\x82\x7e\x10\x00half")  # 4096 bytes are announced, 4 come
        async with asyncio.timeout(30):
            while len(heard) == before:
                more.clear()
                await more.wait()
        assert not reading.done()
        reading.cancel()
        connection.abort()

    _with_hub(test)


def test_what_came_before_the_close_can_still_be_read() -> None:
    async def test(hub: SmallHub) -> None:
        connection: HubConnection = await connect(Identity(DEVICE, TOKEN, hub.address), HELLO, _nothing)
        for _ in range(2):  # Welcome and the list that a new device is sent
            await connection.read_message()
        hub.sockets[0].end(Reason.STOPPING)
        await hub.until(lambda: not hub.sockets)
        connection.send((b"\x00\x91\x00",) * 3)
        assert isinstance(await connection.read_message(), bytes), "the goodbye"
        assert await connection.read_message() is None
        connection.abort()

    _with_hub(test)


@pytest.mark.parametrize(
    ("size", "header"),
    [(0, "8280"), (125, "82fd"), (126, "82fe007e"), (65_535, "82feffff"), (65_536, "82ff0000000000010000")],
)
def test_a_frame_of_a_client_states_its_length_and_is_masked(size: int, header: str) -> None:
    mask = bytes.fromhex("01020304")
    frame = masked_frame(b"x" * size, mask)
    assert frame.startswith(bytes.fromhex(header) + mask)
    body = frame[len(header) // 2 + 4 :]
    assert bytes(byte ^ mask[index % 4] for index, byte in enumerate(body)) == b"x" * size


def test_the_messages_of_a_turn_leave_in_one_write() -> None:
    async def test(hub: SmallHub) -> None:
        connection = await connect(Identity(DEVICE, TOKEN, hub.address), HELLO, _nothing)
        stream = connection._iostream
        assert stream is not None
        written: list[bytes] = []
        write = stream.write

        def note(data: bytes | memoryview) -> asyncio.Future[None]:
            written.append(bytes(data))
            return write(data)

        stream.write = note  # type: ignore[method-assign]
        connection.send((b"\x00\x92\x00\x01", b"\x00\x92\x00\x02"))
        assert [len(data) for data in written] == [2 * (6 + 4)]
        connection.send(())
        assert len(written) == 1
        connection.abort()

    _with_hub(test)
