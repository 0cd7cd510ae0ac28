"""On which network is this device, and how long may it be quiet there?

A network is known by the beginning of the device's own address on it and by the hub's address: that is all that an ordinary
process can see. Two networks that look alike are told apart by what happens, as one that has changed is.
"""

from __future__ import annotations

import ipaddress

from alerts.session.keepalive import Pace
from client.store import Store

PREFIX_BITS = {4: 16, 6: 48}
"""A carrier's translator gives out many addresses; they share about so much."""


def network_name(own_address: str, hub_address: str) -> str:
    """What a network is remembered by."""
    try:
        address = ipaddress.ip_address(own_address.partition("%")[0])
    except ValueError:
        return f"unknown {hub_address}"
    network = ipaddress.ip_network((address, PREFIX_BITS[address.version]), strict=False)
    return f"{network.network_address} {hub_address}"


class Paces:
    """The pace of the network that the device is on, from one connection to the next; kept in the store."""

    def __init__(self) -> None:
        self._name = ""
        self._pace = Pace()
        self._written = self._pace.reach

    def on(self, name: str, store: Store) -> Pace:
        """The pace of this network. What killed a connection on another says nothing about it."""
        if name != self._name:
            self._name, self._pace = name, Pace(store.reach(name))
            self._written = self._pace.reach
        return self._pace

    def save(self, store: Store) -> None:
        """Keep what was learned, if anything was."""
        if self._name and self._pace.reach != self._written:
            self._written = self._pace.reach
            store.set_reach(self._name, self._written)
