"""Network namespaces of our own: making them with a TUN device in each, and starting commands inside them.

With CAP_SYS_ADMIN they are made directly, else within a user namespace, which needs no right at all where the system
allows it. A namespace lives as long as a descriptor or a process holds it: there is nothing to remove.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path
from typing import Any, Literal

from netsim.packet import libc, tun
from netsim.packet.control import PathError

Rights = Literal["auto", "system", "user"]

_NAMESPACE_HINT = (
    "run as root (CAP_SYS_ADMIN), or allow user namespaces: sysctl user.max_user_namespaces, "
    "kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns; in a container: --privileged"
)
_TUN_HINT = (
    "modprobe tun; chmod 666 /dev/net/tun if not root; in a container: --device /dev/net/tun --cap-add NET_ADMIN"
)


@dataclass(frozen=True)
class Namespace:
    """A network namespace as its user sees it: the descriptors that lead into it, and its address on the wire."""

    address: str
    net_descriptor: int
    user_descriptor: int | None


@dataclass(frozen=True)
class MadeNamespace:
    """A network namespace as its maker holds it: its own descriptor, and those of its TUN devices."""

    net_descriptor: int
    tun_descriptors: tuple[int, ...]


@contextlib.contextmanager
def _step(what: str, hint: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PathError(f"cannot {what}: {error.strerror}", hint) from error


def gain_rights(rights: Rights) -> int | None:
    """Make sure that this process may make network namespaces; returns the user namespace that it had to enter.

    PathError names what is missing. The process must have a single thread.
    """
    if rights != "user" and _can_unshare_net():
        return None
    if rights == "system":
        raise PathError("cannot make a network namespace without CAP_SYS_ADMIN", _NAMESPACE_HINT)
    user, group = os.geteuid(), os.getegid()
    with _step("make a user namespace", _NAMESPACE_HINT):
        libc.unshare(libc.CLONE_NEWUSER)
        Path("/proc/self/setgroups").write_text("deny")  # user_namespaces(7): before gid_map without CAP_SETGID
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
        return os.open("/proc/self/ns/user", os.O_RDONLY | os.O_CLOEXEC)


def _can_unshare_net() -> bool:
    try:
        libc.unshare(libc.CLONE_NEWNET)
    except PermissionError:
        return False
    return True


def make_namespace(interface: IPv4Interface, peers: Sequence[IPv4Address] = ()) -> MadeNamespace:
    """Move this process into a new network namespace with a loopback and TUN devices of this address.

    There is one device to each peer (tun0, tun1, …), or one to the whole network with no peers.
    """
    with _step("make a network namespace", _NAMESPACE_HINT):
        libc.unshare(libc.CLONE_NEWNET)
        tun.bring_up("lo")
        net_descriptor = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    with _step(f"open {tun.TUN_DEVICE}", _TUN_HINT):
        if not peers:
            return MadeNamespace(net_descriptor, (tun.open_tun("tun0", interface),))
        alone = IPv4Interface(interface.ip)
        tuns = tuple(tun.open_tun(f"tun{number}", alone, peer) for number, peer in enumerate(peers))
        return MadeNamespace(net_descriptor, tuns)


def start(command: Sequence[str], namespace: Namespace | None = None, **options: Any) -> subprocess.Popen[bytes]:
    """Start a command inside a namespace, or where we are; options as for subprocess.Popen.

    The command dies (SIGKILL) with the thread that called this, so call it from one that lives as long as is wanted.
    """
    net = namespace.net_descriptor if namespace else None
    user = namespace.user_descriptor if namespace else None
    passed = [descriptor for descriptor in (user, net) if descriptor is not None]
    numbers = [str(-1 if descriptor is None else descriptor) for descriptor in (user, net)]
    enter = [sys.executable, "-m", "netsim.packet.enter", str(os.getpid()), *numbers]
    return subprocess.Popen([*enter, *command], pass_fds=passed, **options)  # noqa: S603  a list, no shell
