"""A middlebox on an event loop of its own, in a thread: what a test or a fixture holds.

with running("captive-portal", "127.0.0.1:8400", seed=7, answer="redirect") as portal:
    client.connect(portal.address)
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable
from typing import Any, Self

from alerts.errors import UserError
from netsim.middleboxes.kinds import KINDS
from netsim.middleboxes.middlebox import Middlebox
from netsim.middleboxes.upstream import Upstream

_PATIENCE_S = 30.0


class RunningMiddlebox:
    """Listens at `address` until `stop`. A context manager."""

    def __init__(self, make: Callable[[], Middlebox], host: str = "127.0.0.1", port: int = 0) -> None:
        """Raises UserError: it cannot listen there."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="middlebox", daemon=True)
        self._thread.start()
        try:
            self.middlebox = make()
            self.address = asyncio.run_coroutine_threadsafe(self.middlebox.start(host, port), self._loop).result(
                _PATIENCE_S
            )
        except BaseException:
            self._end_thread()
            raise

    @property
    def host(self) -> str:
        """Of the address."""
        return self.address.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """Of the address."""
        return int(self.address.rpartition(":")[2])

    @property
    def connections(self) -> int:
        """How many came so far."""
        return self.middlebox.connections

    def stop(self) -> None:
        """Break what is open and listen no more. Without effect if it has been stopped."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self.middlebox.stop(), self._loop).result(_PATIENCE_S)
            self._end_thread()

    def _end_thread(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_PATIENCE_S)
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def running(
    name: str, upstream: str, *, seed: int | str = 0, host: str = "127.0.0.1", port: int = 0, **options: Any
) -> RunningMiddlebox:
    """A middlebox of this kind in front of `upstream`. Raises UserError: there is no such kind, it cannot listen, …"""
    kind = KINDS.get(name)
    if kind is None:
        raise UserError(f"there is no middlebox {name!r}", f"There are {', '.join(KINDS)}.", exit_code=2)
    target = Upstream.parse(upstream)
    return RunningMiddlebox(lambda: kind(target, random.Random(seed), **options), host, port)
