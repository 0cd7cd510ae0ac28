"""The kernel's own bad network (the queueing discipline netem, tc-netem(8)) at a device, where the kernel has it.

It treats what leaves by a device, so it stands before the router, which then only carries, counts, and does what netem
does not know: outages, the NAT, faults. What netem means by other words than a Way, it is not asked for.
"""

from __future__ import annotations

import math
import os
import subprocess
from collections.abc import Sequence

from netsim.packet import libc
from netsim.packet.control import PathError
from netsim.profiles.bursts import Bursts
from netsim.profiles.profile import PACKET_BYTES_MAX, Way

HINT = "modprobe sch_netem; apt-get install iproute2; or let the router do it, which every kernel can"
_UNLIMITED_PACKETS = 100_000
_UNLIMITED_BIT_S = 10_000_000_000
_TRIAL = Way(
    rate_bit_s=1_000_000,
    delay_ms=2,
    delay_spread_ms=1,
    loss=Bursts(bad_loss=0.5, good_packets=50, bad_packets=2),
    queue_bytes=15_000,
    duplicate=0.01,
    corrupt=0.01,
)


def can_express(way: Way) -> bool:
    """Whether netem means the same. Its `reorder` lets packets jump the delay, so that those before them come late."""
    return way.reorder == 0


def commands(way: Way, device: str) -> tuple[list[str], list[str]]:
    """The command lines that put netem on a device; each loss hits one packet, so the kernel must not bundle them."""
    discipline = ["limit", str(_limit_packets(way)), *_delay(way), *_loss(way.loss), *_rate(way)]
    for word, share in (("duplicate", way.duplicate), ("corrupt", way.corrupt)):
        discipline += [word, _percent(share)] if share else []
    return (
        ["tc", "qdisc", "replace", "dev", device, "root", "netem", *discipline],
        ["ip", "link", "set", "dev", device, "gso_max_segs", "1"],
    )


def _limit_packets(way: Way) -> int:
    """netem counts packets, those under way too: the queue as so many of the largest, and what the delay holds."""
    if way.rate_bit_s is None or way.queue_bytes is None:
        return _UNLIMITED_PACKETS
    under_way_bytes = way.rate_bit_s / 8 * way.delay_ms / 1000
    return math.ceil(way.queue_bytes / PACKET_BYTES_MAX) + math.ceil(under_way_bytes / PACKET_BYTES_MAX)


def _delay(way: Way) -> list[str]:
    if not way.delay_ms:
        return []
    spread = [f"{way.delay_spread_ms:g}ms", "distribution", "normal"] if way.delay_spread_ms else []
    return ["delay", f"{way.delay_ms:g}ms", *spread]


def _loss(bursts: Bursts | None) -> list[str]:
    if bursts is None:
        return []
    if bursts.good_loss == bursts.bad_loss:
        return ["loss", "random", _percent(bursts.good_loss)]
    to_bad, to_good = 1 / bursts.good_packets, 1 / bursts.bad_packets
    shares = (to_bad, to_good, bursts.bad_loss, bursts.good_loss)
    return ["loss", "gemodel", *(_percent(share) for share in shares)]


def _rate(way: Way) -> list[str]:
    """Only with a rate does netem keep the order of packets whose delays differ."""
    if way.rate_bit_s is not None:
        return ["rate", f"{way.rate_bit_s}bit"]
    return ["rate", f"{_UNLIMITED_BIT_S}bit"] if way.delay_spread_ms else []


def _percent(share: float) -> str:
    return f"{100 * share:.10g}%"


class Netem:
    """netem at one device of the namespace behind a descriptor."""

    def __init__(self, net_descriptor: int, device: str) -> None:
        self._net_descriptor, self._device = net_descriptor, device
        self._is_set = False

    def apply(self, way: Way) -> None:
        """Treat what leaves from now on in this way. PathError: the kernel or its tools cannot."""
        for command in commands(way, self._device):
            self._run(command)
        self._is_set = True

    def clear(self) -> None:
        """Treat nothing any more."""
        if self._is_set:
            self._run(["tc", "qdisc", "del", "dev", self._device, "root"])
        self._is_set = False

    def try_out(self) -> None:
        """Find out whether this kernel and its tools know all that may be asked for. PathError: they do not."""
        self.apply(_TRIAL)
        self.clear()

    def _run(self, command: Sequence[str]) -> None:
        def enter() -> None:
            libc.setns(self._net_descriptor, libc.CLONE_NEWNET)
            libc.keep_over_exec([libc.CAP_NET_ADMIN])

        try:
            done = subprocess.run(  # noqa: S603  a list of arguments, no shell
                command, preexec_fn=enter, stdin=subprocess.DEVNULL, capture_output=True, check=False
            )
        except FileNotFoundError:
            raise PathError(f"cannot use netem: {command[0]} is not installed", HINT) from None
        if done.returncode:
            words = os.fsdecode(done.stderr).strip() or f"exit code {done.returncode}"
            raise PathError(f"cannot use netem: {' '.join(command[:2])} says: {words}", HINT)
