"""TLS in front of a service that speaks none; the certificate can change while it runs."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from netsim.middleboxes.running import RunningMiddlebox, running
from netsim.middleboxes.tls_front import TlsFront
from tests.support.echo import GET, EchoService, connected


def _ask(front: RunningMiddlebox, authority_file: Path) -> bytes:
    context = ssl.create_default_context(cafile=authority_file)
    with connected(front.address) as client, context.wrap_socket(client, server_hostname="127.0.0.1") as tls:
        tls.sendall(GET)
        return tls.recv(65536)


@pytest.mark.parametrize(
    ("show", "words"),
    [("expired", "expired"), ("other-name", "mismatch"), ("unknown-authority", "issuer")],
)
def test_a_wrong_certificate_is_shown_and_then_a_right_one(
    echo: EchoService, tmp_path: Path, show: str, words: str
) -> None:
    file = tmp_path / "authority.pem"
    with running("tls-front", echo.web, show=show, authority_file=file) as front:
        with pytest.raises(ssl.SSLCertVerificationError, match=words):
            _ask(front, file)
        assert isinstance(front.middlebox, TlsFront)
        front.middlebox.show("valid")
        assert _ask(front, file).endswith(b"Hello\n")
