"""The dictionaries of a running hub: those that it sends with, the one that it offers, and what travels to who fetches it."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from cachetools import LRUCache

from alerts.dictionary.shipped import shipped
from alerts.wire import frames
from alerts.wire.dictionary import Dictionary, short_name
from alerts.wire.transfer import pack_transfer
from server.hub import Hub
from server.push.lean import LeanEncoders
from server.store.dictionaries import Trained

LOOK_EVERY_S = 2.0
"""How often the hub looks whether a command has put another dictionary in use."""

TRANSFERS_MAX = 12
"""Transfers that are kept: a few hundred kilobytes each, and a second of work to make."""

SAVES_MAX = 65_535
"""What the frame has room for."""

_logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Transfer:
    """The bytes that travel, and the tag that says whether two are the same."""

    body: bytes = field(repr=False)
    etag: str

    @classmethod
    def of(cls, body: bytes) -> Transfer:
        """With its tag."""
        return cls(body, f'"{hashlib.sha256(body).hexdigest()[:16]}"')


class Dictionaries:
    """Lives on the event loop; what takes long is done in threads."""

    def __init__(self, hub: Hub, lean: LeanEncoders) -> None:
        self._hub = hub
        self._lean = lean
        self._use = -1
        self._looked_at = float("-inf")
        self._known: dict[bytes, Dictionary] = {shipped().address: shipped()}
        self._offered: Trained | None = None
        self._sizes: dict[int, int] = {}
        self._lock = threading.Lock()
        self._transfers: LRUCache[object, Transfer] = LRUCache(TRANSFERS_MAX)

    async def look(self) -> bool:
        """Take up what a command, or the hub's own training, has put in use; whether anything has changed.

        Raises StoreError; the next look tries again.
        """
        if self._hub.clock.monotonic() < self._looked_at + LOOK_EVERY_S:
            return False
        self._looked_at = self._hub.clock.monotonic()
        use = await self._hub.dictionary_use()
        if use == self._use:
            return False
        trained = await self._hub.dictionaries()
        await asyncio.to_thread(self._take_up, trained)
        self._use = use
        return True

    def _take_up(self, trained: Sequence[tuple[Trained, Dictionary]]) -> None:
        own = [dictionary for _, dictionary in trained]
        best = next((row for row, _ in trained if row.is_in_use), None)
        order = [*own, shipped()] if best else [shipped(), *own]
        self._lean.use(order)
        self._known = {dictionary.address: dictionary for dictionary in order}
        self._sizes = {}
        if best:
            bases = [dictionary.address for dictionary in order if dictionary.address != best.address]
            self._sizes = {short_name(base): len(self.transfer(best.address, base).body) for base in bases}
        self._offered = best
        _logger.info("dictionaries", in_use=order[0].address.hex(), kept=len(order))

    def offer(self, named: Sequence[int]) -> frames.Dictionary | None:
        """What to offer a device that named these dictionaries; None: it has the one in use, or names none."""
        best, sizes = self._offered, self._sizes
        if best is None or short_name(best.address) in named:
            return None
        bases = [(sizes[name], at) for at, name in enumerate(named) if name in sizes]
        if not bases:
            return None
        size, base = min(bases)
        saves = min(best.measured.saves, SAVES_MAX)
        return frames.Dictionary(best.address, size, saves, best.measured.monthly, base)

    @property
    def in_use(self) -> Dictionary:
        """The one that the hub sends with where a device has it."""
        return next(iter(self._known.values()))

    def has(self, address: bytes) -> bool:
        """Whether this dictionary is here."""
        return address in self._known

    def transfer(self, address: bytes, base: bytes | None) -> Transfer:
        """What travels to a device that has `base`. Both are here. Takes up to a second for the first who asks."""
        with self._lock:
            found = self._transfers.get((address, base))
            if found is None:
                behind = None if base is None else self._known[base]
                found = Transfer.of(pack_transfer(self._known[address], behind))
                self._transfers[address, base] = found
            return found
