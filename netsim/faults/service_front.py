"""Any TCP service, HTTP and WebSocket services among them, behind a link that can be made bad: a `Front` that needs no site.

    client ── link ── service            with TLS:   client ══ link ══ TLS front ── service

Clients connect to `address`. The link is one of Toxiproxy's, or of IP packets; middleboxes run in threads of this process.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Self

from netsim.faults.fault import CannotError
from netsim.faults.packet_path import PacketPath
from netsim.middleboxes.captive_portal import CaptivePortal
from netsim.middleboxes.running import RunningMiddlebox, running
from netsim.middleboxes.tls_front import TlsFront
from netsim.middleboxes.upstream import Upstream
from netsim.profiles.library import load_profile
from netsim.profiles.profile import Profile
from netsim.site.link import SiteLink
from netsim.site.toxiproxy_link import ToxiproxyLinks

Via = Literal["embedded", "real", "packet"]
"""The embedded Toxiproxy, a real one, or IP packets."""


class ServiceFront:
    """A context manager, or `close` it."""

    def __init__(
        self,
        service: str,
        *,
        listen: str = "127.0.0.1:0",
        seed: int = 0,
        via: Via = "embedded",
        tls: bool = False,
        authority_file: Path | None = None,
    ) -> None:
        """`service`: HOST:PORT or a URL. `tls`: speak TLS to clients and none to the service.

        `authority_file`: where to write what clients are to trust. Raises UserError: it cannot be had.
        """
        found = Upstream.parse(service)
        self._service = str(Upstream(found.host, found.port))
        self._seed = seed
        self._middlebox: RunningMiddlebox | None = None
        self._tls: RunningMiddlebox | None = None
        self.link: SiteLink
        self._links: ToxiproxyLinks | PacketPath
        if via == "packet":
            self._links = PacketPath(listen, seed=seed)
            self.link = self._links.link
        else:
            self._links = ToxiproxyLinks(via, seed=seed, reads=False)
        try:
            if isinstance(self._links, ToxiproxyLinks):
                self.link = self._links.link("service", listen)
            if tls:
                hosts = dict.fromkeys((listen.rpartition(":")[0].strip("[]"), "127.0.0.1", "localhost"))
                options: dict[str, Any] = {"show": "valid", "hosts": tuple(hosts), "authority_file": authority_file}
                self._tls = running("tls-front", self._service, seed=seed, **options)
            self.link.divert(self._base)
        except BaseException:
            self.close()
            raise

    @property
    def _base(self) -> str:
        return self._tls.address if self._tls else self._service

    @property
    def address(self) -> str:
        """Where clients connect, host:port."""
        return self.link.address

    @property
    def host(self) -> str:
        """Of the address."""
        return self.address.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """Of the address."""
        return int(self.address.rpartition(":")[2])

    def apply(self, profile: Profile | str) -> tuple[str, ...]:
        """Be like this profile (or the one of this name, or in this file). What cannot be reproduced, in words."""
        return self.link.apply(load_profile(profile) if isinstance(profile, str) else profile, self._seed)

    def put_in_front(self, kind: str, seed: int, **options: Any) -> None:
        """Behind the TLS, where there is one, as a proxy that is allowed to look inside; a portal before it, as portals are."""
        self.take_away()
        self._middlebox = running(kind, self._service, seed=seed, **options)
        if self._tls is None or kind == CaptivePortal.name:
            self.link.divert(self._middlebox.address)
        else:
            self._lead_tls_to(self._middlebox.address)

    def take_away(self) -> None:
        """The service answers again."""
        if self._middlebox is not None:
            self.link.divert(self._base)
            self._lead_tls_to(self._service)
            self._middlebox.stop()
            self._middlebox = None

    def _lead_tls_to(self, address: str) -> None:
        if self._tls is not None:
            self._tls.middlebox.upstream = Upstream.parse(address)
            self.link.divert(self._base)  # which breaks what is open

    def show_certificate(self, which: Any) -> None:
        """Show it. Raises CannotError: there is no TLS."""
        if self._tls is None:
            raise CannotError(
                "nothing here speaks TLS, so there is no certificate to show", "Ask for it with tls (--tls)."
            )
        assert isinstance(self._tls.middlebox, TlsFront), "made as one"
        self._tls.middlebox.show(which)
        self.link.divert(self._base)

    def close(self) -> None:
        """Break what is open, and take it all away."""
        self._links.close()
        for middlebox in (self._middlebox, self._tls):
            if middlebox is not None:
                middlebox.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
