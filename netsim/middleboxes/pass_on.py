"""Passes every byte on, both ways: a door that can be led elsewhere, or a step from one network namespace into another."""

from __future__ import annotations

import socket

from netsim.middleboxes.middlebox import Middlebox
from netsim.middleboxes.streams import accepted, carry, closing


class PassOn(Middlebox):
    """Spoils nothing. `upstream` may be set anew; connections from then on go there."""

    name = "pass-on"
    summary = "every byte passes as it is"

    async def serve(self, connection: socket.socket) -> None:
        """Carry it."""
        async with closing(await accepted(connection)) as client, closing(await self.upstream.dial()) as service:
            await carry(client, service)
