"""Two ends and a bad network between them, on this machine, with real TCP: what a bench or a test opens."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from typing import ClassVar, Literal, Self

from netsim.packet.control import Helper, PathError
from netsim.packet.flows import Flow
from netsim.packet.namespaces import Namespace, Rights
from netsim.packet.router import FIELD, HUB
from netsim.profiles.profile import Way

Via = Literal["tun", "proxy"]


def half_of(rtt_ms: float) -> Way:
    """A way that takes half of this round trip time, and is perfect else."""
    return Way(delay_ms=rtt_ms / 2)


class Network(ABC):
    """A field end and a hub end. `field` and `hub` are the namespaces to start processes in, None for our own.

    Use as a context manager, or `close`; when this process dies, however it dies, the network goes with it.
    """

    via: ClassVar[Via]
    field: Namespace | None = None
    hub: Namespace | None = None

    def __init__(self, helper: Helper) -> None:
        self._helper = helper

    @property
    @abstractmethod
    def hub_host(self) -> str:
        """The address at which a server at the hub end listens."""

    @abstractmethod
    def dial(self, port: int) -> tuple[str, int]:
        """The address at which the field end finds what listens on this port at the hub end."""

    def shape(self, up: Way, down: Way | None = None) -> None:
        """How the network is from now on, towards the hub and from it; both ways alike with one."""
        self._helper.ask("shape", up=up.model_dump(), down=(down or up).model_dump())

    def flows(self) -> list[Flow]:
        """Every TCP connection so far, in the order of their SYNs, counted at the field end."""
        return [Flow.from_json(value) for value in self._helper.ask("flows")["flows"]]

    def close(self) -> None:
        """Take the network away; what still runs at its ends has no connection left."""
        self._helper.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class PacketNetwork(Network):
    """Two network namespaces joined by a router that delays and drops IP packets; PathError names what is missing."""

    via = "tun"

    def __init__(self, *, seed: str = "0", rights: Rights = "auto") -> None:
        if not sys.platform.startswith("linux"):
            raise PathError(f"network namespaces are Linux's; this is {sys.platform}", "run it on Linux")
        super().__init__(Helper("netsim.packet.router", [rights, seed]))
        field, hub, *user = self._helper.descriptors
        self.field = Namespace(str(FIELD.ip), field, user[0] if user else None)
        self.hub = Namespace(str(HUB.ip), hub, user[0] if user else None)

    @property
    def hub_host(self) -> str:
        return str(HUB.ip)

    def dial(self, port: int) -> tuple[str, int]:
        return str(HUB.ip), port


class ProxyNetwork(Network):
    """A proxy on the loopback that holds the connect for one round trip and delays bytes; needs no right."""

    via = "proxy"

    def __init__(self) -> None:
        super().__init__(Helper("netsim.packet.proxy"))

    @property
    def hub_host(self) -> str:
        return str(self._helper.greeting["host"])

    def dial(self, port: int) -> tuple[str, int]:
        self._helper.ask("target", host=self.hub_host, port=port)
        return self.hub_host, int(self._helper.greeting["port"])


def open_network(via: Via | Literal["auto"] = "auto", *, seed: str = "0") -> Network:
    """The network asked for; with "auto" packets where this machine can, else the proxy."""
    if via == "proxy":
        return ProxyNetwork()
    try:
        return PacketNetwork(seed=seed)
    except PathError:
        if via == "tun":
            raise
        return ProxyNetwork()
