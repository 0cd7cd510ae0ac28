"""What has passed this machine's IPv4, as the kernel counts it: whole packets, headers included."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alerts.errors import UserError

COUNTERS = Path("/proc/net/netstat")
"""Not the devices' own counters: those have what IPv6 says by itself on a new device too."""
_LINE = "IpExt:"


@dataclass(frozen=True)
class Passed:
    """Bytes so far: those sent, and those received."""

    bytes_up: int
    bytes_down: int


def passed(counters: Path = COUNTERS) -> Passed:
    """What this process's network namespace has carried. Raises UserError: there are no such counters."""
    try:
        lines = [line.split() for line in counters.read_text().splitlines() if line.startswith(_LINE)]
        names, values = lines
        found = dict(zip(names[1:], map(int, values[1:]), strict=True))
        return Passed(found["OutOctets"], found["InOctets"])
    except (OSError, ValueError, KeyError) as error:
        raise UserError(f"{counters} cannot be read: {error}", "It is Linux's; run this there.") from None
