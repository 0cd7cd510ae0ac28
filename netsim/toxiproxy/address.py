"""Addresses as Toxiproxy writes them, `host:port`, and the sockets that listen on them or connect to them."""

from __future__ import annotations

import asyncio
import os
import socket

from netsim.toxiproxy.refusals import AddressError

BACKLOG = 1024


def split(address: str) -> tuple[str, str]:
    """`host:port` or `[host]:port` → host and port; raises AddressError with the reason."""
    host, colon, port = address.rpartition(":")
    if not colon or host.startswith("[") != host.endswith("]"):
        raise AddressError(f"address {address}: missing port in address")
    if ":" in host and not host.startswith("["):
        raise AddressError(f"address {address}: too many colons in address")
    if port.isdecimal() and int(port) > 65535:
        raise AddressError(f"address {port}: invalid port")
    return host.strip("[]"), port or "0"


def join(address: tuple[str, int]) -> str:
    """Host and port → `host:port`, an IPv6 host in brackets."""
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def resolve(address: str) -> str:
    """The address with its host and port as numbers; a host that is left out stays out."""
    host, port = split(address)
    _, sockaddr = await _look_up(host, port)
    return join((sockaddr[0] if host else "", sockaddr[1]))


async def listen(address: str) -> socket.socket:
    """A listening socket. Without a host it takes every interface; raises AddressError in the words of Toxiproxy."""
    try:
        host, port = split(address)
        family, sockaddr = await _look_up(host, port)
    except AddressError as error:
        raise AddressError(f"listen tcp: {error.detail}") from error
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1 if host else 0)
        sock.bind(sockaddr)
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        reason = os.strerror(error.errno).lower() if error.errno else str(error)
        taken = join((sockaddr[0] if host else "", sockaddr[1]))
        raise AddressError(f"listen tcp {taken}: bind: {reason}") from error
    return sock


async def connect(address: str) -> socket.socket:
    """A connected socket, to the first address that answers; raises OSError or AddressError."""
    host, port = split(address)
    failure = OSError(f"{address} has no address")
    for family, sockaddr in await _addresses(host or "localhost", port):
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.setblocking(False)
            await asyncio.get_running_loop().sock_connect(sock, sockaddr)
        except OSError as error:
            sock.close()
            failure = error
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise failure


async def _look_up(host: str, port: str) -> tuple[socket.AddressFamily, tuple[str, int]]:
    if not host:
        family = socket.AF_INET6 if socket.has_dualstack_ipv6() else socket.AF_INET
        host = "::" if family == socket.AF_INET6 else "0.0.0.0"  # noqa: S104  (asked for in so many words)
    found = await _addresses(host, port)
    found.sort(key=lambda entry: entry[0] != socket.AF_INET)  # as Go: IPv4 first
    return found[0]


async def _addresses(host: str, port: str) -> list[tuple[socket.AddressFamily, tuple[str, int]]]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, ValueError) as error:  # ValueError: a name that cannot be encoded
        raise AddressError(_in_words(host, port, error)) from error
    return [(family, (str(sockaddr[0]), int(sockaddr[1]))) for family, _, _, _, sockaddr in found]


def _in_words(host: str, port: str, error: Exception) -> str:
    number = error.errno if isinstance(error, socket.gaierror) else None
    if number == socket.EAI_SERVICE:
        return f"lookup tcp/{port}: unknown port"
    return f"lookup {host}: {'no such host' if number == socket.EAI_NONAME else error}"
