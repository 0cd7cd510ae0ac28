"""An item of the uplink, as a hub reads it."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.errors import RemoteProtocolError
from alerts.wire.uplink import Answer, Lost, Quarantined, Receipt, ReceiptState, pack_uplink, unpack_uplink
from netsim.fuzz.targets import samples

SUMMARY = "what a device wrote into its outbox"


def seeds() -> Iterable[bytes]:
    """Each kind."""
    items = (
        Receipt(samples.NOW, ReceiptState.SEEN, samples.EPOCH, 9),
        Receipt(samples.NOW, ReceiptState.ACKNOWLEDGED, key="s,a"),
        Quarantined(samples.NOW, samples.EPOCH, 9, "a form of a later version"),
        Lost(samples.NOW, ("s,a", "s,b")),
        Answer(samples.NOW, True, samples.EPOCH, 9),
        Answer(samples.NOW, 3, key="s,a"),
        Answer(samples.NOW, 2.5, samples.EPOCH, 9),
        Answer(samples.NOW, "a few words", samples.EPOCH, 9),
    )
    return [pack_uplink(item) for item in items]


def check(data: bytes) -> None:
    """An uplink item or RemoteProtocolError."""
    try:
        item = unpack_uplink(data)
    except RemoteProtocolError:
        return
    assert unpack_uplink(pack_uplink(item)) == item, "what was read is written and read again"
