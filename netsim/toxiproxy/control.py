"""What tests and the demo hold in their hands: a server of either kind, and links through it that can be made bad.

    with start_embedded(seed=7) as server:
        link = server.link("device-1", upstream="127.0.0.1:8400")
        client.connect(link.host, link.port)
        link.delay(300, jitter_ms=50)
        link.cut()
        link.heal()

All of it blocks for as long as a call to a server on the loopback takes; asyncio calls it with `asyncio.to_thread`.
"""

from __future__ import annotations

import asyncio
import random
import threading
from types import TracebackType
from typing import Literal, Protocol

from alerts.errors import UserError
from netsim.toxiproxy.real_server import RealServer
from netsim.toxiproxy.server import EmbeddedServer
from netsim.toxiproxy.toxics.toxic import DIRECTIONS, Direction
from netsim.toxiproxy.toxiproxy_client import ToxicInfo, ToxiproxyClient

Kind = Literal["embedded", "real"]
_PATIENCE_S = 30.0
"""How long the embedded server may take to begin and to end; only a failure takes so long."""


class Link:
    """The way between one client and one upstream. Clients connect to `host`, `port`.

    What breaks it is undone by `heal`; what makes it slow stays until it is set anew, or `clear`. The way up is from
    the client to the upstream. Every method raises ToxiproxyError when the server does not answer or refuses.
    """

    def __init__(self, client: ToxiproxyClient, name: str, upstream: str, listen: str = "127.0.0.1:0") -> None:
        self.name = name
        self.upstream = upstream
        self._client = client
        self.address = client.create_proxy(name, upstream, listen)["listen"]
        host, _, port = self.address.rpartition(":")
        self.host, self.port = host.strip("[]"), int(port)

    def cut(self) -> None:
        """Close every connection, and refuse new ones, until `heal`."""
        self._client.enable_proxy(self.name, False)

    def stall(self, *directions: Direction) -> None:
        """Let no byte pass, both ways or in the directions given, and lose none, until `heal`.

        Connections stay, and new ones are made. A side that closes is noticed, unless bytes are held back before it.
        On the real server a link that is delayed or throttled while it is stalled lets a chunk slip: do that before.
        """
        for direction in directions or DIRECTIONS:
            self._put("stall", "bandwidth", direction, {"rate": 0})

    def black_hole(self, *directions: Direction) -> None:
        """Swallow every byte, both ways or in the directions given, until `heal`, which closes those connections."""
        for direction in directions or DIRECTIONS:
            self._put("black_hole", "timeout", direction, {"timeout": 0})

    def heal(self) -> None:
        """End a cut, a stall, a black hole, limits and resets. Delay and throttle stay."""
        for name in self._client.toxics(self.name):
            if not name.startswith(("delay_", "throttle_")):
                self._client.remove_toxic(self.name, name)
        self._client.enable_proxy(self.name, True)

    def reset(self) -> None:
        """Break every live connection with a TCP reset, at once. New ones are accepted right after.

        The real server sends a reset only on connections that were opened while `reset_on_data` was set, else a FIN.
        """
        for direction in DIRECTIONS:
            self._put("reset", "reset_peer", direction, {"timeout": 0})
        self._client.enable_proxy(self.name, False)
        for direction in DIRECTIONS:
            self._remove("reset", direction)
        self._client.enable_proxy(self.name, True)

    def reset_on_data(self, after_ms: int = 0, *directions: Direction) -> None:
        """Reset every connection so many milliseconds after its first byte from now on, until `heal`."""
        for direction in directions or DIRECTIONS:
            self._put("reset_on_data", "reset_peer", direction, {"timeout": after_ms})

    def limit(self, direction: Direction, limit_bytes: int) -> None:
        """Close each connection once so many bytes went that way, until `heal`: a link that breaks at any byte."""
        self._put("limit", "limit_data", direction, {"bytes": limit_bytes})

    def delay(self, one_way_ms: int, jitter_ms: int = 0) -> None:
        """Delay each way by so much, give or take the jitter; 0 takes the delay away."""
        attributes = {"latency": one_way_ms, "jitter": jitter_ms}
        for direction in DIRECTIONS:
            self._put("delay", "latency", direction, attributes if one_way_ms or jitter_ms else None)

    def throttle(self, up_kb_s: int | None, down_kb_s: int | None) -> None:
        """Limit each way to so many KB/s (1 KB is 1000 bytes) on each connection; None for no limit."""
        for direction, rate in zip(DIRECTIONS, (up_kb_s, down_kb_s), strict=True):
            self._put("throttle", "bandwidth", direction, None if rate is None else {"rate": rate})

    def clear(self) -> None:
        """Make it a perfect link again."""
        for name in self._client.toxics(self.name):
            self._client.remove_toxic(self.name, name)
        self._client.enable_proxy(self.name, True)

    def close(self) -> None:
        """Take the link away, with its connections."""
        self._client.delete_proxy(self.name)

    def _put(self, name: str, type_name: str, direction: Direction, attributes: dict[str, int] | None) -> None:
        """Add the toxic, change it if it is there, or with no attributes take it away."""
        if attributes is None:
            self._remove(name, direction)
            return
        full_name = f"{name}_{direction}"
        if full_name in self._client.toxics(self.name):
            self._client.update_toxic(self.name, full_name, attributes, 1.0)
            return
        toxic = ToxicInfo(name=full_name, type=type_name, stream=direction, toxicity=1.0, attributes=attributes)
        self._client.add_toxic(self.name, toxic)

    def _remove(self, name: str, direction: Direction) -> None:
        if f"{name}_{direction}" in self._client.toxics(self.name):
            self._client.remove_toxic(self.name, f"{name}_{direction}")


class _Running(Protocol):
    port: int

    def stop(self) -> None: ...


class ToxiproxyServer:
    """A running server of either kind; a context manager. `client` speaks to it, `link` makes a link through it."""

    def __init__(self, kind: Kind, running: _Running) -> None:
        self.kind = kind
        self.host = "127.0.0.1"
        self.port = running.port
        self.client = ToxiproxyClient(self.host, self.port)
        self._running = running

    def link(self, name: str, upstream: str, listen: str = "127.0.0.1:0") -> Link:
        """A link to `upstream` (host:port), on a free port unless `listen` says which. Names are unique."""
        return Link(self.client, name, upstream, listen)

    def stop(self) -> None:
        """Close every connection and stop."""
        self._running.stop()

    def __enter__(self) -> ToxiproxyServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_embedded(seed: int | None = None, *, port: int = 0, metrics: bool = False) -> ToxiproxyServer:
    """The embedded server, on an event loop in a thread of its own; without a seed, chance is chance.

    Port 0 takes a free one; `metrics` adds `/metrics`. Raises UserError where the port is taken.
    """
    return ToxiproxyServer("embedded", _EmbeddedThread(random.Random(seed), port, metrics))


def start_real(*, metrics: bool = False) -> ToxiproxyServer:
    """A real Toxiproxy as a child process. Raises UserError where this machine has none."""
    return ToxiproxyServer("real", RealServer(*(["-proxy-metrics", "-runtime-metrics"] if metrics else [])))


class _EmbeddedThread:
    """Runs the embedded server until `stop`. What went wrong at its start is raised here, in the caller's thread."""

    def __init__(self, chance: random.Random, port: int, metrics: bool) -> None:
        self.port = port
        self._chance = chance
        self._metrics = metrics
        self._started = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="toxiproxy", daemon=True)
        self._thread.start()
        if not self._started.wait(_PATIENCE_S):
            raise UserError(f"the embedded Toxiproxy did not begin within {_PATIENCE_S:g} s")
        if self._failure:
            raise self._failure

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join(_PATIENCE_S)
            if self._thread.is_alive():
                raise UserError(f"the embedded Toxiproxy did not end within {_PATIENCE_S:g} s")

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001  (raised again by whoever waits for the start)
            self._failure = error
        finally:
            self._started.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        server = EmbeddedServer(self._chance, proxy_metrics=self._metrics, runtime_metrics=self._metrics)
        _, self.port = await server.start(port=self.port)
        self._started.set()
        await self._stopping.wait()
        await server.stop()
