"""What an authority signs is what a TLS client makes of it."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from netsim.middleboxes.certificates import Authority, Certificate


def _shake_hands(authority: Authority, shown: Certificate, host: str) -> None:
    """A TLS handshake between two ends in this process. Raises what the client makes of it."""
    ours, theirs = socket.socketpair()
    server = threading.Thread(target=_serve, args=(theirs, shown), daemon=True)
    server.start()
    context = ssl.create_default_context(cadata=authority.pem.decode())
    try:
        with ours:
            context.wrap_socket(ours, server_hostname=host).close()
    finally:
        server.join(10)


def _serve(connection: socket.socket, shown: Certificate) -> None:
    with connection:
        try:
            shown.context().wrap_socket(connection, server_side=True).close()
        except OSError:
            return  # the client has refused


def test_a_valid_certificate_is_taken_for_each_of_its_names() -> None:
    authority = Authority.make()
    shown = authority.certificate("hub.example", "127.0.0.1")
    for host in ("hub.example", "127.0.0.1"):
        _shake_hands(authority, shown, host)


def test_an_expired_one_is_refused_as_expired() -> None:
    authority = Authority.make()
    with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        _shake_hands(authority, authority.expired("hub.example"), "hub.example")


def test_one_of_the_future_is_refused_as_not_yet_valid() -> None:
    authority = Authority.make()
    shown = authority.certificate("hub.example", valid_from=datetime.now(UTC) + timedelta(days=1))
    with pytest.raises(ssl.SSLCertVerificationError, match="not yet valid"):
        _shake_hands(authority, shown, "hub.example")


def test_one_of_another_name_or_authority_is_refused() -> None:
    authority = Authority.make()
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        _shake_hands(authority, authority.certificate("other.example"), "hub.example")
    with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer"):
        _shake_hands(authority, Authority.make().certificate("hub.example"), "hub.example")


def test_what_is_saved_is_for_its_owner_only(tmp_path: Path) -> None:
    file = Authority.make().certificate("hub.example").save(tmp_path / "server.pem")
    assert file.stat().st_mode & 0o777 == 0o600
    assert b"PRIVATE KEY" in file.read_bytes()
