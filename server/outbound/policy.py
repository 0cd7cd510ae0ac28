"""Which addresses the hub may ask: those of the public Internet, and networks that the operator has named.

Who may tell the hub what to fetch (a feed, a redirect, whoever sets up a webhook) must not thereby reach what the hub's own
network keeps from the outside: the router's pages, a cloud's metadata, a database. An address in the text is only the beginning:
what counts is the network address that is connected to, so names are judged by what they resolve to, each time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import quote, urlsplit

from server.outbound.errors import OutboundError, Reason

ADDRESS_CHARS_MAX = 2048
DEFAULT_PORTS = {"http": 80, "https": 443}

OTHER_PROTOCOLS = frozenset(
    int(port)
    for port in [
        "1",
        "7",
        "9",
        "11",
        "13",
        "15",
        "17",
        "19",
        "20",
        "21",
        "22",
        "23",
        "25",
        "37",
        "42",
        "43",
        "53",
        "69",
        "79",
        "87",
        "95",
        "101",
        "102",
        "103",
        "104",
        "109",
        "110",
        "111",
        "113",
        "115",
        "117",
        "119",
        "123",
        "135",
        "137",
        "138",
        "139",
        "143",
        "161",
        "162",
        "179",
        "389",
        "427",
        "445",
        "465",
        "512",
        "513",
        "514",
        "515",
        "526",
        "530",
        "531",
        "532",
        "540",
        "548",
        "554",
        "556",
        "563",
        "587",
        "601",
        "636",
        "873",
        "989",
        "990",
        "993",
        "995",
        "1433",
        "1521",
        "1719",
        "1720",
        "1723",
        "1883",
        "2049",
        "3306",
        "3389",
        "3659",
        "4045",
        "4190",
        "5060",
        "5061",
        "5432",
        "5672",
        "5900",
        "6000",
        "6379",
        "6566",
        "6665",
        "6666",
        "6667",
        "6668",
        "6669",
        "6679",
        "6697",
        "8883",
        "10080",
        "11211",
        "27017",
    ]
)
"""Ports whose servers may take a request for something else: mail, files, databases, what browsers refuse to ask too."""

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_GLOBAL_V6 = IPv6Network("2000::/3")  # all that was ever given to the public Internet (RFC 4291 §2.4)
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052 §2.1
_NEVER = tuple(
    ip_network(text)
    for text in (
        *("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2002::/16", "3fff::/20"),  # transition, protocols, examples
        "168.63.129.16/32",  # a cloud's own service for the machines in it, under an address that looks public
    )
)
_HOST = re.compile(r"[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")
_KEPT = "%/:=&?~+!$,;'@()*[]"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes. `host` is without brackets, `path` with the query, `secure` whether by TLS."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The host, and the port where it is not the usual one, as the header Host has it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = DEFAULT_PORTS["https" if self.secure else "http"]
        return host if self.port == usual else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{'https' if self.secure else 'http'}://{self.authority}"

    def __str__(self) -> str:
        return f"{self.origin}{self.path}"


def read_address(text: str) -> Target:
    """What an address names. Raises OutboundError ADDRESS_INVALID, or ADDRESS_REFUSED for its port."""
    if len(text) > ADDRESS_CHARS_MAX:
        raise _invalid(text, f"has {len(text)} characters; at most {ADDRESS_CHARS_MAX} are taken")
    if any(char <= " " or char == "\x7f" for char in text):
        raise _invalid(text, "has a space or a control character in it")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise _invalid(text, f"is no address: {error}") from None
    if parts.scheme.lower() not in DEFAULT_PORTS:
        raise _invalid(text, "must begin with https:// or http://")
    if "@" in parts.netloc:
        raise OutboundError(Reason.ADDRESS_INVALID, "an address must not have a user name or a password in it")
    host = _host(text, parts.netloc.rpartition(":")[0] if port is not None else parts.netloc.rstrip(":"))
    port = DEFAULT_PORTS[parts.scheme.lower()] if port is None else port
    if port in OTHER_PROTOCOLS or port == 0:
        raise OutboundError(Reason.ADDRESS_REFUSED, f"port {port} is not asked: something else than HTTP lives there")
    path = quote(parts.path or "/", safe=_KEPT) + (f"?{quote(parts.query, safe=_KEPT)}" if parts.query else "")
    return Target(parts.scheme.lower() == "https", host, port, path)


def _host(text: str, named: str) -> str:
    try:
        host = named if named.isascii() else named.encode("idna").decode()
    except UnicodeError:
        raise _invalid(text, f"has a host that is no name: {named[:80]!r}") from None
    if not _HOST.fullmatch(host):
        raise _invalid(text, f"has a host that is no name: {named[:80]!r}")
    return host.strip("[]").lower()


def _invalid(text: str, problem: str) -> OutboundError:
    return OutboundError(Reason.ADDRESS_INVALID, f"{text[:200]!r} {problem}")


class Policy:
    """What is asked of which network. `networks`: those beside the public Internet, like 10.20.0.0/16."""

    def __init__(self, networks: Iterable[str] = ()) -> None:
        self._networks: tuple[Network, ...] = tuple(ip_network(text) for text in networks)

    def objection(self, address: str) -> str | None:
        """Why this network address is not connected to, or None."""
        found = ip_address(address.partition("%")[0])
        if any(found in network for network in self._networks):
            return None
        inner = _embedded(found)
        if inner is not None:
            return self._objection_to_embedded(inner, mapped=found not in _NAT64)
        return _why_not_public(found)

    def _objection_to_embedded(self, inner: IPv4Address, *, mapped: bool) -> str | None:
        if any(inner in network for network in self._networks):
            return None
        return _why_not_public(inner) or ("is an IPv4 address in the dress of an IPv6 one" if mapped else None)


def _embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one leads to."""
    if isinstance(address, IPv4Address):
        return None
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address.ipv4_mapped


def _why_not_public(address: Address) -> str | None:
    """The first of what sets an address apart from those of the public Internet."""
    judged = {
        "is this machine's own": address.is_loopback or address.is_unspecified,
        "is link-local": address.is_link_local,
        "is a multicast address": address.is_multicast,
        "is of a private network": address.is_private,
        "is reserved": address.is_reserved or any(address in network for network in _NEVER),
        "is not of the public Internet": not address.is_global
        or (isinstance(address, IPv6Address) and address not in _GLOBAL_V6),
    }
    return next((why for why, is_so in judged.items() if is_so), None)
