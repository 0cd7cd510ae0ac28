"""A front that speaks TLS for a service that does not, with a certificate that is right, or expired, or somebody else's.

    client ══ TLS ══ front ── service

The certificate can be changed while it runs; connections that are open keep the one that they began with.
"""

from __future__ import annotations

import random
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from netsim.middleboxes.certificates import Authority
from netsim.middleboxes.middlebox import Middlebox
from netsim.middleboxes.streams import accepted, carry, closing
from netsim.middleboxes.upstream import Upstream

Show = Literal["valid", "expired", "other-name", "unknown-authority"]
OTHER_NAME = "somewhere-else.example"


class TlsFront(Middlebox):
    """Ends TLS, and passes on."""

    name = "tls-front"
    summary = "speaks TLS in front of a service, with a certificate that is valid, expired, or wrong"

    def __init__(
        self,
        upstream: Upstream,
        chance: random.Random,
        *,
        show: Show = "expired",
        hosts: Sequence[str] = ("127.0.0.1", "localhost"),
        authority: Authority | None = None,
        authority_file: Path | None = None,
    ) -> None:
        """`hosts`: what clients call it. `authority_file`: where to write what clients shall trust."""
        super().__init__(upstream, chance)
        self.authority = authority or Authority.make()
        self._hosts = tuple(hosts)
        if authority_file is not None:
            authority_file.write_bytes(self.authority.pem)
        self.show(show)

    def show(self, which: Show) -> None:
        """Show this certificate from now on."""
        match which:
            case "valid":
                shown = self.authority.certificate(*self._hosts)
            case "expired":
                shown = self.authority.expired(*self._hosts)
            case "other-name":
                shown = self.authority.certificate(OTHER_NAME)
            case "unknown-authority":
                shown = Authority.make("Nobody's authority").certificate(*self._hosts)
        self._context = shown.context()

    async def serve(self, connection: socket.socket) -> None:
        """Carry it."""
        async with (
            closing(await accepted(connection, self._context)) as client,
            closing(await self.upstream.dial()) as service,
        ):
            await carry(client, service)
