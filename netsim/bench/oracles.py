"""Judges that are not ours: what the kernel itself loses and slows down where it is told to, beside what the router does.

Both work in a namespace of their own and need its administrator's rights only there.
"""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator, Sequence

from netsim.packet.namespaces import Namespace, start

BURST_BYTES = 1600


def missing(tool: str) -> str | None:
    """Why this tool cannot be used, or None."""
    packages = {"iptables": "iptables", "tc": "iproute2"}
    return None if shutil.which(tool) else f"{tool} is not installed (package {packages[tool]})"


def _run(command: Sequence[str], namespace: Namespace) -> str | None:
    """What it complained about, or None."""
    done = start(command, namespace, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    words = done.communicate()[0].decode(errors="replace").strip()
    return (words or f"{command[0]} failed") if done.returncode else None


@contextlib.contextmanager
def _kept(begin: Sequence[str], end: Sequence[str], namespace: Namespace) -> Iterator[str | None]:
    trouble = missing(begin[0]) or _run(begin, namespace)
    try:
        yield trouble
    finally:
        if trouble is None:
            _run(end, namespace)


def lossy_input(namespace: Namespace, port: int, share: float) -> contextlib.AbstractContextManager[str | None]:
    """For as long as the block lasts the kernel drops this share of the UDP packets to a port; yields why it cannot."""
    statistic = ["-m", "statistic", "--mode", "random", "--probability", f"{share:.9f}"]
    rule = ["INPUT", "-p", "udp", "--dport", str(port), *statistic, "-j", "DROP"]
    return _kept(["iptables", "-w", "-A", *rule], ["iptables", "-w", "-D", *rule], namespace)


def slow_device(
    namespace: Namespace, device: str, rate_bit_s: int, queue_bytes: int
) -> contextlib.AbstractContextManager[str | None]:
    """For as long as the block lasts a token bucket slows what leaves by a device; yields why it cannot."""
    bucket = ["tbf", "rate", f"{rate_bit_s}bit", "burst", str(BURST_BYTES), "limit", str(queue_bytes)]
    return _kept(
        ["tc", "qdisc", "add", "dev", device, "root", *bucket],
        ["tc", "qdisc", "del", "dev", device, "root"],
        namespace,
    )
