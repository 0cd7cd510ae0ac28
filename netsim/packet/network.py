"""Two ends and a bad network between them, on this machine, with real TCP: what a bench or a test opens."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from typing import ClassVar, Literal, Self

from netsim.packet.control import Helper, PathError
from netsim.packet.field import Field
from netsim.packet.flows import Flow
from netsim.packet.namespaces import Namespace, Rights
from netsim.packet.router import FIELDS_MAX, HUB, field_interface
from netsim.profiles.profile import Way

Via = Literal["tun", "proxy"]
Shaping = Literal["auto", "netem", "router"]


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
        self._helper.ask("shape", field=None, up=up.model_dump(), down=(down or up).model_dump())

    def flows(self) -> list[Flow]:
        """Every TCP connection so far, in the order of their SYNs, counted at the field end."""
        return [Flow.from_json(value) for value in self._helper.ask("flows", field=None)["flows"]]

    def close(self) -> None:
        """Take the network away; what still runs at its ends has no connection left."""
        self._helper.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class PacketNetwork(Network):
    """A hub's namespace and those of field ends, joined by a router that treats IP packets badly.

    `field` is the namespace of the first field end; `shape` and `flows` are those of all. `shaping` says who delays and
    loses packets: the kernel's netem, the router, or with "auto" netem where it works. PathError names what is missing.
    """

    via = "tun"

    def __init__(self, *, fields: int = 1, seed: str = "0", rights: Rights = "auto", shaping: Shaping = "auto") -> None:
        if not sys.platform.startswith("linux"):
            raise PathError(f"network namespaces are Linux's; this is {sys.platform}", "run it on Linux")
        if not 1 <= fields <= FIELDS_MAX:
            raise PathError(f"{fields} field ends on one network", f"it takes 1 to {FIELDS_MAX}")
        super().__init__(Helper("netsim.packet.router", [rights, seed, str(fields), shaping]))
        hub, *others = self._helper.descriptors
        user = others[fields] if len(others) > fields else None
        self.has_netem = bool(self._helper.greeting["netem"])
        """Whether the kernel's netem shapes what it can express."""
        self.hub = Namespace(str(HUB.ip), hub, user)
        self.fields = tuple(
            Field(self._helper, index, Namespace(str(field_interface(index).ip), descriptor, user))
            for index, descriptor in enumerate(others[:fields])
        )
        self.field = self.fields[0].namespace

    def processor_seconds(self) -> float:
        """The processor time that the router has used so far."""
        return float(self._helper.ask("processor")["seconds"])

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
    """The network asked for; with "auto" packets where this machine can, else the proxy.

    The router itself delays the packets: it sees them before the delay, so flows have the times of the field end.
    """
    if via == "proxy":
        return ProxyNetwork()
    try:
        return PacketNetwork(seed=seed, shaping="router")
    except PathError:
        if via == "tun":
            raise
        return ProxyNetwork()
