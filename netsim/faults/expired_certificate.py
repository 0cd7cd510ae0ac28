"""The service's certificate has expired: nobody renewed it, and the one who can is not there before Monday."""

from __future__ import annotations

import random

from netsim.faults.fault import Need
from netsim.faults.front import Front
from netsim.faults.link_fault import LinkFault
from netsim.middleboxes.tls_front import Show


class ExpiredCertificate(LinkFault):
    """Who connects is shown an expired certificate; afterwards the valid one again."""

    name = "expired-certificate"
    summary = "the certificate that the service shows has expired"
    needs = frozenset({Need.LINK, Need.FRONT, Need.TLS})

    def __init__(self, show: Show = "expired") -> None:
        """`show`: another kind of wrong certificate."""
        super().__init__()
        self._show = show

    def begin_on(self, front: Front, chance: random.Random) -> None:
        """Show it."""
        front.show_certificate(self._show)

    def end_on(self, front: Front) -> None:
        """Show the valid one."""
        front.show_certificate("valid")
