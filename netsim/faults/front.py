"""One client's way to a service, as the faults of links see it: a link that breaks, and a server put in the service's place.

client ── link ── service          put_in_front("captive-portal"):  client ── link ── captive portal ── service
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from netsim.toxiproxy.toxics.toxic import Direction


class BreakableLink(Protocol):
    """What faults ask of a link; `netsim.site.link.SiteLink` has it, and `netsim.toxiproxy.control.Link`."""

    def cut(self) -> None:
        """Nothing passes and nothing can be opened, until `heal`."""
        ...

    def stall(self, *directions: Direction) -> None:
        """No byte passes, none is lost, until `heal`."""
        ...

    def black_hole(self, *directions: Direction) -> None:
        """Every byte is swallowed, until `heal`."""
        ...

    def reset(self) -> None:
        """Break every live connection with a TCP reset."""
        ...

    def heal(self) -> None:
        """End all of these."""
        ...


class Front(Protocol):
    """A link, and what can be put between it and the service."""

    @property
    def link(self) -> BreakableLink:
        """The link."""
        ...

    def put_in_front(self, kind: str, seed: int, **options: Any) -> None:
        """Start a middlebox (`netsim.middleboxes.kinds`) and lead the link to it; what is open breaks. Raises UserError."""
        ...

    def take_away(self) -> None:
        """Lead the link to the service again, and stop the middlebox. Without effect where none is."""
        ...

    def show_certificate(self, which: str) -> None:
        """Show this kind of certificate (`netsim.middleboxes.tls_front.Show`) to who connects from now on; what is open breaks.

        Raises CannotError: nothing in front of the service speaks TLS.
        """
        ...
