"""A device of a site as a `Front`: its link, and middleboxes beside the hub that the link is diverted to."""

from __future__ import annotations

from typing import Any

from netsim.faults.fault import CannotError
from netsim.middleboxes.child import MiddleboxChild
from netsim.site.device import SiteDevice
from netsim.site.link import SiteLink
from netsim.site.site import Site


class SiteFront:
    """See `Front`. Middleboxes reach the hub by its Unix socket, so they outlive its restarts."""

    def __init__(self, site: Site, device: SiteDevice) -> None:
        self._site = site
        self._device = device
        self._middlebox: MiddleboxChild | None = None

    @property
    def link(self) -> SiteLink:
        """The device's."""
        return self._device.link

    def put_in_front(self, kind: str, seed: int, **options: Any) -> None:
        """As a process beside the hub."""
        self.take_away()
        links, folder = self._site.links, self._device.folder
        self._middlebox = MiddleboxChild(
            kind,
            f"unix:{self._site.hub.api_socket}",
            seed=seed,
            log=folder.with_name(f"{folder.name}.middlebox.log"),
            host=links.hub_host,
            place=links.hub_place,
            **options,
        )
        self.link.divert(self._middlebox.address)

    def take_away(self) -> None:
        """The link leads to the hub again."""
        if self._middlebox is not None:
            self.link.divert(None)
            self._middlebox.stop()
            self._middlebox = None

    def show_certificate(self, which: str) -> None:
        """A site's devices speak plain HTTP."""
        raise CannotError(
            "the devices of a site connect without TLS", f"Nothing there could show an {which} certificate."
        )
