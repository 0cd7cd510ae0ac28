"""Network devices of the namespace that this process is in, set up by ioctl: TUN devices and the loopback.

A TUN device is a network card whose cable is a file descriptor: what the kernel sends is read from it as IP packets,
what is written to it the kernel receives. The descriptor keeps working when the process moves to another namespace.
See netdevice(7) and the kernel's Documentation/networking/tuntap.rst.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import struct
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface

TUN_DEVICE = "/dev/net/tun"
PACKET_BYTES_MAX = 65_535  # IPv4 cannot be longer, whatever the MTU

_TUNSETIFF = 0x400454CA
_IFF_TUN, _IFF_NO_PI = 0x0001, 0x1000
_SIOCGIFFLAGS, _SIOCSIFFLAGS = 0x8913, 0x8914
_SIOCSIFADDR, _SIOCSIFDSTADDR, _SIOCSIFNETMASK, _SIOCSIFMTU = 0x8916, 0x8918, 0x891C, 0x8922
_IFF_UP = 0x1


def _request(name: str, rest: bytes) -> bytes:
    """A struct ifreq: 16 bytes of name, 24 of union."""
    return struct.pack("16s24s", name.encode(), rest)


def _socket_address(address: bytes) -> bytes:
    return struct.pack("=HH4s", socket.AF_INET, 0, address)


@contextlib.contextmanager
def _control() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        yield control


def bring_up(name: str) -> None:
    """Switch a device on; what else it is set to stays."""
    with _control() as control:
        answer = fcntl.ioctl(control, _SIOCGIFFLAGS, _request(name, b""))
        (flags,) = struct.unpack_from("H", answer, 16)
        fcntl.ioctl(control, _SIOCSIFFLAGS, _request(name, struct.pack("H", flags | _IFF_UP)))


def open_tun(name: str, interface: IPv4Interface, peer: IPv4Address | None = None, mtu_bytes: int = 1500) -> int:
    """Make a TUN device in this namespace, give it its address, switch it on; returns its non-blocking descriptor.

    With `peer` the device leads to that address alone, so that several of them may have the same address of their own.
    OSError says what is missing: no /dev/net/tun, no permission on it, or no right over this namespace.
    """
    descriptor = os.open(TUN_DEVICE, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        fcntl.ioctl(descriptor, _TUNSETIFF, _request(name, struct.pack("H", _IFF_TUN | _IFF_NO_PI)))
        with _control() as control:
            fcntl.ioctl(control, _SIOCSIFADDR, _request(name, _socket_address(interface.ip.packed)))
            if peer is not None:
                fcntl.ioctl(control, _SIOCSIFDSTADDR, _request(name, _socket_address(peer.packed)))
            fcntl.ioctl(control, _SIOCSIFNETMASK, _request(name, _socket_address(interface.netmask.packed)))
            fcntl.ioctl(control, _SIOCSIFMTU, _request(name, struct.pack("i", mtu_bytes)))
        bring_up(name)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def read_packets(descriptor: int, count_max: int = 64) -> Iterator[bytes]:
    """What the kernel has sent since, at most `count_max` packets so that one side cannot starve the other."""
    for _ in range(count_max):
        try:
            yield os.read(descriptor, PACKET_BYTES_MAX)
        except BlockingIOError:
            return
