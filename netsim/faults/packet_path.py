"""A link of IP packets in front of any service: the machine's real TCP between two relays, each in a network namespace.

    client ── door ┊ relay ══ IP packets, treated as the profile says ══ relay ┊ door ── service

The doors are beside us, and reach the relays by Unix sockets, which lead from one namespace into another. A client is thus
accepted at once, and feels the link from its first byte on; between the relays everything is what TCP makes of the packets.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from threading import RLock

from netsim.middleboxes.child import MiddleboxChild
from netsim.middleboxes.pass_on import PassOn
from netsim.middleboxes.running import RunningMiddlebox
from netsim.middleboxes.upstream import UNIX, Upstream
from netsim.site.packet_link import HUB_PORT, PacketLink, PacketLinks


class PacketPath:
    """One such link, and all that it is made of. Raises UserError: this machine cannot have namespaces, and why."""

    def __init__(self, listen: str, *, seed: int = 0) -> None:
        self._cleaning = ExitStack()
        try:
            self.link = self._make(listen, seed)
        except BaseException:
            self.close()
            raise

    def _make(self, listen: str, seed: int) -> ServiceLink:
        links = PacketLinks(1, seed=seed)
        self._cleaning.callback(links.close)
        folder = Path(tempfile.mkdtemp(prefix="tocsin-packet-"))
        self._cleaning.callback(shutil.rmtree, folder, ignore_errors=True)
        field, hub = (f"{UNIX}{folder / name}" for name in ("field", "hub"))

        chance, host = random.Random(seed), links.hub_host
        way_out = RunningMiddlebox(lambda: PassOn(Upstream("127.0.0.1", 0), chance), hub)
        self._cleaning.callback(way_out.stop)
        bare = links.link("service")
        ends = ((hub, host, HUB_PORT, links.hub_place), (f"{host}:{HUB_PORT}", field, 0, links.place_of(bare)))
        for number, (upstream, at, port, place) in enumerate(ends):
            log = folder / f"relay-{number}.log"
            relay = MiddleboxChild("pass-on", upstream, seed=seed, log=log, host=at, port=port, place=place)
            self._cleaning.callback(relay.stop)
        where = Upstream.parse(listen) if listen.rpartition(":")[2] != "0" else Upstream(listen.rpartition(":")[0], 0)
        way_in = RunningMiddlebox(lambda: PassOn(Upstream.parse(field), chance), where.host, where.port)
        self._cleaning.callback(way_in.stop)
        assert isinstance(bare, PacketLink), "what a packet network has"
        return ServiceLink(bare, way_in, way_out)

    def close(self) -> None:
        """Take it all away."""
        self._cleaning.close()


class ServiceLink(PacketLink):
    """Such a link, which can lead elsewhere: see `SiteLink`."""

    def __init__(self, bare: PacketLink, way_in: RunningMiddlebox, way_out: RunningMiddlebox) -> None:
        super().__init__(bare.name, bare.field, RLock())
        self._way_in = way_in
        self._way_out = way_out

    @property
    def address(self) -> str:
        """Where clients connect."""
        return self._way_in.address

    def divert(self, address: str | None) -> None:
        """Lead new connections to this server; what is open breaks."""
        assert address is not None, "there is no hub to lead back to"
        self._way_out.middlebox.upstream = Upstream.parse(address)
        self.reset()
