"""A client that stops reading: its system's receive buffer fills, its TCP window closes, and the service cannot write.

The middlebox reads for the client, through a buffer about as small as the system allows. What the client says still passes.
"""

from __future__ import annotations

import asyncio
import random
import socket

from netsim.middleboxes.middlebox import Middlebox
from netsim.middleboxes.streams import CHUNK_BYTES_MAX, Streams, accepted, closing, pass_on
from netsim.middleboxes.upstream import Upstream

RECEIVE_BYTES = 4096
_STEP_S = 0.25


class SlowReader(Middlebox):
    """Reads slowly, or not at all."""

    name = "slow-reader"
    summary = "the client stops reading what the service says, or reads it very slowly"

    def __init__(
        self, upstream: Upstream, chance: random.Random, *, after_bytes: int = 0, bytes_per_second: int = 0
    ) -> None:
        """The first `after_bytes` of each connection are read at once, the rest at `bytes_per_second`; 0: never."""
        super().__init__(upstream, chance)
        self._after_bytes = after_bytes
        self._bytes_per_second = bytes_per_second

    async def serve(self, connection: socket.socket) -> None:
        """Carry it, until the client ends it: who does not read does not notice that the service has."""
        async with (
            closing(await accepted(connection)) as client,
            closing(await self.upstream.dial(receive_bytes=RECEIVE_BYTES)) as service,
            asyncio.TaskGroup() as ways,
        ):
            reading = ways.create_task(self._read(service, client))
            ways.create_task(_until_client_ends(client, service, reading))

    async def _read(self, service: Streams, client: Streams) -> None:
        left = self._after_bytes
        while left and (chunk := await service.reader.read(min(left, CHUNK_BYTES_MAX))):
            left -= len(chunk)
            await client.send(chunk)
        if not self._bytes_per_second:
            await asyncio.Event().wait()
        while chunk := await service.reader.read(max(1, int(self._bytes_per_second * _STEP_S))):
            await client.send(chunk)
            await asyncio.sleep(_STEP_S)
        client.end()


async def _until_client_ends(client: Streams, service: Streams, reading: asyncio.Task[None]) -> None:
    await pass_on(client, service)
    reading.cancel()
