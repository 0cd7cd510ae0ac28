"""A hub's address as a person writes it, and the addresses that follow from it."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit, urlunsplit

from alerts.errors import UserError
from client.exits import ExitCode

_INVITATION = re.compile(r"TOCSIN:([A-Z0-9-]{5,20}):(HTTPS?://.+)", re.ASCII | re.IGNORECASE)
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


def invitation(written: str, code: str = "") -> tuple[str, str]:
    """A hub's address and a code: as they were given, or from the text of a QR code, `TOCSIN:7KQ2M-XW4ZD:HTTPS://HUB.EXAMPLE`.

    Raises UserError: there is no code, or two.
    """
    found = _INVITATION.fullmatch(written.strip())
    if found is not None and not code.strip():
        return found[2], found[1]
    if code.strip() and found is None:
        return written, code
    if code.strip():
        words, hint = "the code is given twice", "What a QR code says has it already: leave the second one out."
    else:
        words = f"there is no one-time code in {written[:80]!r}"
        hint = "Give the address and the code, or all that the QR code of an enrolment sheet says."
    raise UserError(words, hint, exit_code=ExitCode.USAGE)


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
