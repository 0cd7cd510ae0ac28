"""What is counted: bytes by kind, and what the hubs saw in each second."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from netsim.virtual.fleet.population import Integers, Population

KINDS = {
    "upgrade": "requests that are let in: the request, the 101, the hub's first frame",
    "refusal": "requests that are refused: the request, the 503",
    "catch-up": "what had been missed, and `Stored`",
    "live": "alerts to who is connected, and `Stored`",
    "keep-alive": "ping and pong",
    "goodbye": "goodbyes of either end, and their close frames",
}
"""Kinds of bytes: TCP payload, repetitions not counted."""

SERIES = ("asked", "answered", "admitted", "refused", "connected")


@dataclass(slots=True)
class Kind:
    """How often, and how many bytes each way."""

    count: int = 0
    up: int = 0
    down: int = 0


@dataclass(slots=True)
class Seconds:
    """One row a second. `asked`: SYNs that reached a hub that listens or not; `connected`: what the hubs count."""

    asked: npt.NDArray[np.int32]
    answered: npt.NDArray[np.int32]
    admitted: npt.NDArray[np.int32]
    refused: npt.NDArray[np.int32]
    connected: npt.NDArray[np.int32]

    @classmethod
    def of(cls, count: int) -> Seconds:
        """All zero."""
        return cls(*(np.zeros(count, np.int32) for _ in SERIES))


@dataclass(slots=True)
class Ledger:
    """The books of one run; those of the connection between relays and their parents are kept apart."""

    people: Population
    kinds: dict[str, Kind] = field(default_factory=lambda: {kind: Kind() for kind in KINDS})
    relay_kinds: dict[str, Kind] = field(default_factory=lambda: {kind: Kind() for kind in KINDS})

    def note(self, kind: str, devices: Integers, up: int, down: int, times: Integers | int = 1) -> None:
        """Each of `devices` (none of them twice) has sent and received so many bytes, so many times."""
        if not len(devices):
            return
        many = np.broadcast_to(np.asarray(times), devices.shape)
        self.people.bytes[devices] += many * (up + down)
        is_relay = devices >= self.people.devices
        relays = int(many[is_relay].sum())
        for book, count in ((self.kinds, int(many.sum()) - relays), (self.relay_kinds, relays)):
            book[kind].count += count
            book[kind].up += count * up
            book[kind].down += count * down
