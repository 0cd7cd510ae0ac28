"""Sessions that outlive their connections, and certificates that are looked at anew when they change."""

from __future__ import annotations

import asyncio
import os
import ssl
from pathlib import Path

import pytest

from alerts.session.position import Position
from alerts.wire.handshake import Hello
from client.connection import ConnectError, connect
from client.store import Identity
from client.tls import HubTls
from netsim.middleboxes.certificates import Authority
from tests.support.small_hub import DEVICE, TOKEN, SmallHub

HELLO = Hello(7, Position().resume(), ("en",))


def _context(authority: Authority) -> ssl.SSLContext:
    return authority.certificate("127.0.0.1", "localhost").context()


async def _is_resumed(identity: Identity, tls: HubTls) -> bool:
    """Connect once; whether the hub's certificate was spared."""
    connection = await connect(identity, HELLO, lambda: None, tls)
    socket = connection.socket
    assert isinstance(socket, ssl.SSLSocket)
    is_reused = bool(socket.session_reused)
    connection.abort()
    return is_reused


def _file(folder: Path, authority: Authority) -> str:
    file = folder / "ca.pem"
    file.write_bytes(authority.pem)
    return str(file)


def test_each_connection_resumes_the_one_before(tmp_path: Path) -> None:
    authority = Authority.make()

    async def main() -> None:
        hub = SmallHub(certificate=_context(authority))
        hub.start()
        identity = Identity(DEVICE, TOKEN, hub.address, ca_file=_file(tmp_path, authority))
        tls = HubTls(identity.ca_file)
        assert [await _is_resumed(identity, tls) for _ in range(3)] == [False, True, True]
        await hub.stop()

    asyncio.run(main())


def test_a_hub_that_was_started_anew_is_checked_in_full(tmp_path: Path) -> None:
    authority = Authority.make()

    async def main() -> None:
        tls = HubTls(_file(tmp_path, authority))
        for _ in range(2):
            hub = SmallHub(certificate=_context(authority))
            hub.start()
            assert not await _is_resumed(Identity(DEVICE, TOKEN, hub.address), tls)
            await hub.stop()
        other = SmallHub(certificate=_context(Authority.make("another")))
        other.start()
        with pytest.raises(ConnectError):
            await connect(Identity(DEVICE, TOKEN, other.address), HELLO, lambda: None, tls)
        await other.stop()

    asyncio.run(main())


def test_a_file_of_certificates_that_changed_is_read_again(tmp_path: Path) -> None:
    file = Path(_file(tmp_path, Authority.make()))
    tls = HubTls(str(file))
    first = tls.context()
    assert tls.context() is first
    file.write_bytes(Authority.make().pem)
    os.utime(file, ns=(1, 1))
    second = tls.context()
    assert second is not first
    tls.forget()
    assert tls.context() is not second
    file.unlink()
    with pytest.raises(FileNotFoundError):
        tls.context()


def test_what_is_no_tls_leaves_no_session() -> None:
    tls = HubTls()
    tls.context()
    tls.keep(None)
    assert tls.context().session is None
