"""Links of IP packets: each device in a network namespace of its own, the hub in another, a userspace router between them.

    device's namespace ── lines that treat packets as the profile says ── the hub's namespace

The machine's real TCP runs over it, so loss, order, queues, silent outages and a NAT's forgetting are all had. A server that is
put in the hub's place (`divert`) has to be in the hub's namespace.
"""

from __future__ import annotations

import threading

from alerts.errors import UserError
from netsim.packet.field import BOTH, Field
from netsim.packet.field import Direction as Way
from netsim.packet.namespaces import Namespace
from netsim.packet.network import PacketNetwork
from netsim.packet.router import HUB
from netsim.profiles.profile import Profile
from netsim.site.link import Direction, SiteLink, Traffic

HUB_PORT = 8400
"""Nobody else is in the hub's namespace, so it keeps its port."""
_WAYS: dict[str, Way] = {"upstream": "up", "downstream": "down"}
_PERFECT = Profile(name="perfect", title="Perfect")


class PacketLinks:
    """All links of a site: one packet network with so many field ends."""

    def __init__(self, devices: int, *, seed: int = 0) -> None:
        """Raises UserError where this machine cannot have namespaces: it names what is missing."""
        self.via = "packet"
        self.hub_port = HUB_PORT
        self.network = PacketNetwork(fields=devices, seed=str(seed))
        self._lock = threading.RLock()
        self._links: dict[str, PacketLink] = {}

    @property
    def hub_host(self) -> str:
        """The hub's address in its namespace."""
        return self.network.hub_host

    @property
    def hub_place(self) -> Namespace | None:
        """The hub's namespace."""
        return self.network.hub

    def lead_to(self, hub_port: int) -> None:
        """The hub keeps its port."""
        assert hub_port == HUB_PORT, "it was told to listen there"

    def link(self, name: str) -> SiteLink:
        """The next field end. Raises UserError: all are taken."""
        if len(self._links) == len(self.network.fields):
            raise UserError(f"this network has {len(self._links)} field ends, and all are taken")
        link = PacketLink(name, self.network.fields[len(self._links)], self._lock)
        self._links[name] = link
        return link

    def place_of(self, link: SiteLink) -> Namespace | None:
        """The namespace of its field end."""
        return self._links[link.name].field.namespace

    def close(self) -> None:
        """Take the network away."""
        self.network.close()


class PacketLink:
    """One link; see `SiteLink`."""

    def __init__(self, name: str, field: Field, lock: threading.RLock) -> None:
        self.name = name
        self.field = field
        self._lock = lock
        self._state = "open"
        self._diverted_to: int | None = None

    @property
    def address(self) -> str:
        """The hub's."""
        return f"{HUB.ip}:{HUB_PORT}"

    @property
    def state(self) -> str:
        """What a fault did; the router knows when there is an outage, and does not say."""
        return self._state

    def apply(self, profile: Profile, seed: int) -> tuple[str, ...]:
        """Be like this profile, whole."""
        with self._lock:
            self.field.apply(profile, str(seed))
        return ()

    def cut(self) -> None:
        """All is lost, both ways; nobody is told."""
        with self._lock:
            self.field.cut()
            self._state = "cut"

    def stall(self, *directions: Direction) -> None:
        """What would arrive is held."""
        with self._lock:
            self.field.stall(*(_WAYS[direction] for direction in directions))
            self._state = "stalled"

    def black_hole(self, *directions: Direction) -> None:
        """What enters is swallowed."""
        with self._lock:
            self.field.black_hole(*(_WAYS[direction] for direction in directions))
            self._state = "black hole"

    def reset(self) -> None:
        """Both ends of every connection get a TCP reset."""
        with self._lock:
            self.field.reset()

    def heal(self) -> None:
        """End what a fault did."""
        with self._lock:
            self.field.heal()
            self._state = "open"

    def clear(self) -> None:
        """A perfect link."""
        with self._lock:
            self.heal()
            self.field.apply(_PERFECT, "0")

    def divert(self, address: str | None) -> None:
        """To another server in the hub's namespace, or back: the router changes the port, and neither end sees that."""
        port = int(address.rpartition(":")[2]) if address else None
        with self._lock:
            if port != self._diverted_to:
                self._diverted_to = port
                self.field.divert(HUB_PORT, port)

    def traffic(self) -> Traffic:
        """Connections, their payload, and the IP packets that entered each way with all that these weigh."""
        with self._lock:
            flows, counts = self.field.flows(), self.field.counts()
        up = sum(flow.up[-1].total_bytes for flow in flows if flow.up)
        down = sum(flow.down[-1].total_bytes for flow in flows if flow.down)
        kinds = {"up payload": up, "down payload": down}
        for way, payload in zip(BOTH, (up, down), strict=True):
            kinds[f"{way} headers and repetitions"] = max(0, counts[way].entered_bytes - payload)
        return Traffic(len(flows), counts["up"].entered_bytes, counts["down"].entered_bytes, kinds)
