"""The value of the handshake, as a header or a subprotocol brings it."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.errors import RemoteProtocolError
from alerts.wire.frames import Resume
from alerts.wire.handshake import Hello, pack_hello, unpack_hello
from netsim.fuzz.targets import samples

SUMMARY = "where a device stands, in its upgrade request"


def seeds() -> Iterable[bytes]:
    """A new device, and one that has been about."""
    at = Resume(samples.EPOCH, 12, 14, (13, 14), 2, samples.NOW)
    hellos = (Hello(1, Resume(0, 0)), Hello(77, at, ("sw", "en"), (7, 11), (0x1B9C,), 9, 76))
    return [pack_hello(hello).encode() for hello in hellos]


def check(data: bytes) -> None:
    """A position or RemoteProtocolError."""
    try:
        hello = unpack_hello(data.decode("latin-1"))
    except RemoteProtocolError:
        return
    assert unpack_hello(pack_hello(hello)) == hello, "what was read is written and read again"
