"""TLS towards one hub: what certificates are trusted, and the session of the connection before, so that the next costs less.

A full handshake carries the hub's chain of certificates, one or several kilobytes. Whoever shows the hub's last ticket (RFC 8446
§2.2) is spared it, and the hub the signature. Python can keep a session in memory only, so the first connection of a process is
a full one.
"""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any


class ResumingContext(ssl.SSLContext):
    """A client's context that offers the newest session in each handshake; a hub that does not know it makes a full one."""

    session: ssl.SSLSession | None = None

    def wrap_socket(self, sock: Any, *args: Any, **options: Any) -> ssl.SSLSocket:
        """Called by Tornado, which knows nothing of sessions."""
        return super().wrap_socket(sock, *args, **{"session": self.session, **options})


class HubTls:
    """`ca_file` names the certificates that the hub's is checked against; None: those of this machine."""

    def __init__(self, ca_file: str | None = None) -> None:
        self._ca_file = ca_file
        self._context: ResumingContext | None = None
        self._changed_at = 0

    def context(self) -> ResumingContext:
        """What a connection is made with. Raises FileNotFoundError: the file is gone; ssl.SSLError: it holds no certificates."""
        changed_at = Path(self._ca_file).stat().st_mtime_ns if self._ca_file is not None else 0
        if self._context is None or changed_at != self._changed_at:
            self._context, self._changed_at = _make(self._ca_file), changed_at
        return self._context

    def keep(self, connection: object) -> None:
        """A connection has been answered: remember its session, with the ticket that came with the answer."""
        session = connection.session if isinstance(connection, ssl.SSLSocket) else None
        if self._context is not None and session is not None and session.has_ticket:
            self._context.session = session

    def forget(self) -> None:
        """The hub's certificate was not trusted: next time look again at what is."""
        self._context = None


def _make(ca_file: str | None) -> ResumingContext:
    context = ResumingContext(ssl.PROTOCOL_TLS_CLIENT)  # checks the certificate and the name in it
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    else:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    return context
