"""`tocsin-netsim faults`: what can go wrong, and what each needs."""

from __future__ import annotations

import json as json_text
import sys
from typing import Annotated

from cyclopts import Parameter

from netsim.faults.link_fault import LinkFault
from netsim.faults.table import FAULTS


def faults(*, json: Annotated[bool, Parameter(negative="", help="Print JSON.")] = False) -> None:
    """List the faults: those of any service's link, and those of a hub and its devices."""
    if json:
        found = [
            {
                "name": kind.name,
                "summary": kind.summary,
                "needs": sorted(need.value for need in kind.needs),
                "any_service": issubclass(kind, LinkFault),
            }
            for kind in FAULTS.values()
        ]
        sys.stdout.write(json_text.dumps(found, indent=1) + "\n")
        return
    width = max(map(len, FAULTS)) + 2
    for title, is_link in (
        ("In front of any service (tocsin-netsim fault NAME --hub ADDRESS)", True),
        ("Of a hub and its devices (in campaigns and tests)", False),
    ):
        sys.stdout.write(f"{title}:\n\n")
        for kind in FAULTS.values():
            if issubclass(kind, LinkFault) is is_link:
                sys.stdout.write(f"  {kind.name:{width}}{kind.summary}\n")
        sys.stdout.write("\n")
    sys.stdout.write("What each does, what it needs and its options: docs/faults.md\n")
