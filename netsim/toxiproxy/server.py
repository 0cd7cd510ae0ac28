"""The embedded server: Toxiproxy's HTTP API and its proxies on one event loop."""

from __future__ import annotations

import os
import random

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from alerts.errors import UserError
from netsim.toxiproxy.address import join
from netsim.toxiproxy.api import Api, application, sentence_and_status
from netsim.toxiproxy.clock import Clock, LoopClock
from netsim.toxiproxy.collection import ProxyCollection
from netsim.toxiproxy.metrics import Metrics, Traffic

BODY_BYTES_MAX = 1024 * 1024
IDLE_S_MAX = 60.0
BODY_S_MAX = 15.0


class EmbeddedServer:
    """Start and stop it on the event loop that is to carry the bytes.

    `chance` is where all its luck comes from: with an equal seed, equal requests and connections in an equal order,
    the same connections are hit and the same jitter is drawn. `/metrics` is there when one of its two parts is.
    """

    def __init__(
        self,
        chance: random.Random,
        clock: Clock | None = None,
        *,
        proxy_metrics: bool = False,
        runtime_metrics: bool = False,
    ) -> None:
        traffic = Traffic()
        self.proxies = ProxyCollection(chance, clock or LoopClock(), traffic)
        metrics = Metrics(traffic if proxy_metrics else None, runtime_metrics)
        self._http = HTTPServer(
            application(Api(self.proxies, metrics if proxy_metrics or runtime_metrics else None)),
            max_body_size=BODY_BYTES_MAX,
            max_buffer_size=2 * BODY_BYTES_MAX,
            idle_connection_timeout=IDLE_S_MAX,
            body_timeout=BODY_S_MAX,
        )

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> tuple[str, int]:
        """Listen; the address that was really taken. Raises UserError where that cannot be had."""
        try:
            sockets = bind_sockets(port, host)
        except (OSError, ValueError, OverflowError) as error:
            raise UserError(
                f"cannot listen on {join((host, port))}: {_reason(error)}",
                hint="Stop what uses that address, or choose another with --listen HOST:PORT (port 0: any free one).",
            ) from error
        self._http.add_sockets(sockets)
        taken = sockets[0].getsockname()
        return str(taken[0]), int(taken[1])

    async def populate(self, config: bytes, where: str) -> int:
        """Make the proxies of a Toxiproxy config file; how many. Raises UserError, naming `where` they stand."""
        made, refusal = await self.proxies.populate(config)
        if refusal:
            raise UserError(
                f"{where}: {sentence_and_status(refusal)[0]}",
                hint='Expected a JSON array such as [{"name": "hub", "listen": "127.0.0.1:0", "upstream": "127.0.0.1:8400"}].',
            )
        return len(made)

    async def stop(self) -> None:
        """Stop listening and close every connection."""
        self._http.stop()
        await self.proxies.close()
        await self._http.close_all_connections()


def _reason(error: Exception) -> str:
    """The system's own words; negative numbers are those of name resolution, which brings its own."""
    number = error.errno if isinstance(error, OSError) else None
    return os.strerror(number) if number and number > 0 else str(error)
