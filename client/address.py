"""A hub's address as a person writes it, and the addresses that follow from it."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit, urlunsplit

from alerts.errors import UserError
from client.exits import ExitCode

_EXAMPLE = "An address looks like https://hub.example or http://192.168.1.20:8400."


def hub_address(written: str) -> str:
    """The address in one form: scheme, host, port, perhaps a path, no slash at the end.

    Raises UserError: it is none; says what is wrong.
    """
    text = written.strip()
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise UserError(f"{written!r} is not an address: {error}", _EXAMPLE, exit_code=ExitCode.USAGE) from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UserError(f"{written!r} is not the address of a hub", _EXAMPLE, exit_code=ExitCode.USAGE)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise UserError(f"{written!r} says more than where the hub is", _EXAMPLE, exit_code=ExitCode.USAGE)
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    netloc = host if port is None else f"{host}:{port}"
    return urlunsplit((parts.scheme, netloc, parts.path.rstrip("/"), "", ""))


def connect_url(address: str) -> str:
    """Where a device connects."""
    return f"ws{address.removeprefix('http')}/v1/connect"


def enrolments_url(address: str) -> str:
    """Where a device enrols."""
    return f"{address}/v1/enrolments"


def dictionary_path(address: str, dictionary: bytes, base: bytes | None) -> str:
    """Where a dictionary is had from, behind the host."""
    behind = "" if base is None else f"?base={base.hex()}"
    return f"{urlsplit(address).path}/v1/dictionaries/{dictionary.hex()}{behind}"


def host_of(address: str) -> tuple[str, int, bool]:
    """The host, the port, and whether TLS is spoken there."""
    parts = urlsplit(address)
    is_secure = parts.scheme == "https"
    return parts.hostname or "", parts.port or (443 if is_secure else 80), is_secure


def is_in_the_clear(address: str) -> bool:
    """Whether what goes to this address, the device's token too, can be read on the way."""
    parts = urlsplit(address)
    if parts.scheme == "https" or parts.hostname == "localhost":
        return False
    try:
        return not ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return True
