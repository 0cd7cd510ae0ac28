"""The bad link between one device and its hub, whatever carries it: what faults and campaigns may ask of it.

    device ── SiteLink ── hub          up = towards the hub

Three things can be wrong with a link at once, and each ends by itself: its *profile* (slow, lossy, with outages of its own;
until `clear`), what a *fault* did (cut, stall, black hole; until `heal`), and where it leads (`divert`; until `divert(None)`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from netsim.packet.namespaces import Namespace
from netsim.profiles.profile import Profile
from netsim.toxiproxy.toxics.toxic import DIRECTIONS, Direction

__all__ = ["DIRECTIONS", "Direction", "Links", "SiteLink", "Traffic"]


@dataclass(frozen=True, slots=True)
class Traffic:
    """What a link has carried since it was made, where it meets the hub. `kinds`: "up alerts" → bytes, as far as known."""

    connections: int = 0
    up_bytes: int = 0
    down_bytes: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)


class SiteLink(Protocol):
    """One device's way to the hub. Every method may be called from any thread, and raises UserError where it cannot."""

    name: str

    @property
    def address(self) -> str:
        """What the device dials, host:port; the same for as long as the link exists."""
        ...

    @property
    def state(self) -> str:
        """What is wrong now, in a word or two: "open", "cut", "outage", "stalled", "black hole"."""
        ...

    def apply(self, profile: Profile, seed: int) -> tuple[str, ...]:
        """Be as this profile says from now on, chance and outages drawn from the seed. What cannot be reproduced, in words."""
        ...

    def cut(self) -> None:
        """Nothing passes and nothing can be opened, until `heal`."""
        ...

    def stall(self, *directions: Direction) -> None:
        """No byte passes, both ways or in the directions given; none is lost to the reader. Until `heal`."""
        ...

    def black_hole(self, *directions: Direction) -> None:
        """Every byte is swallowed, both ways or in the directions given, until `heal`: connections look alive and are not."""
        ...

    def reset(self) -> None:
        """Break every live connection at once with a TCP reset; new ones can be made."""
        ...

    def heal(self) -> None:
        """End a cut, a stall and a black hole. The profile stays."""
        ...

    def clear(self) -> None:
        """Make it a perfect link: no profile, no fault."""
        ...

    def divert(self, address: str | None) -> None:
        """Lead new connections to what listens at host:port beside the hub (a captive portal, a proxy), or back to the hub.

        Connections that are open break.
        """
        ...

    def traffic(self) -> Traffic:
        """What it has carried."""
        ...


class Links(Protocol):
    """What carries all links of one site, and where its processes start."""

    via: str
    hub_port: int
    """The port that the hub is to listen at; 0: any, another one in each of its lives."""

    @property
    def hub_host(self) -> str:
        """The address that the hub listens at."""
        ...

    @property
    def hub_place(self) -> Namespace | None:
        """Where the hub's process starts, and what links are diverted to; None: beside us."""
        ...

    def lead_to(self, hub_port: int) -> None:
        """The hub listens on this port from now on."""
        ...

    def link(self, name: str) -> SiteLink:
        """A new link; names are unique within the site."""
        ...

    def place_of(self, link: SiteLink) -> Namespace | None:
        """Where the process of this link's device starts; None: beside us."""
        ...

    def close(self) -> None:
        """Take all links away."""
        ...
