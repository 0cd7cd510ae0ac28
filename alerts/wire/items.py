"""The items of the downlink: an alert in full, or the bare withdrawal of alerts.

An item is a positional msgpack array `[form, …]`:

    1  a full alert                [1, record, expires - sent, urgency, [identities replaced, beyond its references]]
    2  a bare withdrawal           [2, [identity, …]]
    3  a full alert of the hub's   as 1; the record has no identifier, it follows from epoch and number

`record` is the general form of `alerts.wire.records`. Absent trailing elements: nothing more is replaced.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import msgpack

from alerts import limits
from alerts.cap.model import Alert
from alerts.cap.terms import MsgType, Severity
from alerts.errors import RemoteProtocolError
from alerts.wire.codec import unpack
from alerts.wire.records import pack_alert, unpack_alert

FULL = 1
WITHDRAWAL = 2
FULL_OF_HUB = 3


class Purpose(IntEnum):
    """What an entry does to others, from CAP's msgType: Ack and Error replace nothing and are notices."""

    ALERT = 0
    UPDATE = 1
    CANCEL = 2
    NOTICE = 3


class Urgency(IntEnum):
    """What goes ahead in a catch-up: alerts of severity Extreme before Severe; all others in their order."""

    ORDINARY = 0
    SEVERE = 1
    EXTREME = 2


@dataclass(frozen=True, slots=True)
class Arrival:
    """A decoded item: an alert in full, or (key None) the bare withdrawal of `replaces`."""

    key: str | None
    replaces: frozenset[str]
    purpose: Purpose = Purpose.ALERT
    urgency: Urgency = Urgency.ORDINARY
    expires: int = 0


PURPOSES: dict[MsgType, Purpose] = {
    MsgType.ALERT: Purpose.ALERT,
    MsgType.UPDATE: Purpose.UPDATE,
    MsgType.CANCEL: Purpose.CANCEL,
    MsgType.ACK: Purpose.NOTICE,
    MsgType.ERROR: Purpose.NOTICE,
}
URGENCIES: dict[Severity, Urgency] = {Severity.EXTREME: Urgency.EXTREME, Severity.SEVERE: Urgency.SEVERE}


def hub_identifier(epoch: int, number: int) -> str:
    """The identifier of an alert that was published without one; on the wire it costs nothing."""
    return f"{epoch:08x}-{number}"


def pack_full(
    alert: Alert,
    *,
    expires: int,
    urgency: Urgency,
    replaces: frozenset[str],
    languages: tuple[str, ...],
    hub_made: bool,
) -> bytes:
    """A full item in the languages asked for. `expires`, `urgency` and `replaces` are those of the log's entry."""
    record = pack_alert(alert, languages, omit_identifier=hub_made)
    item: list[Any] = [FULL_OF_HUB if hub_made else FULL, record, expires - alert.sent.seconds, int(urgency)]
    beyond = sorted(replaces - set(alert.reference_keys))
    packed: bytes = msgpack.packb([*item, beyond] if beyond else item)
    return packed


def pack_withdrawal(keys: Iterable[str]) -> bytes:
    """A bare withdrawal of the alerts with these identities."""
    packed: bytes = msgpack.packb([WITHDRAWAL, sorted(keys)])
    return packed


def decode_item(raw: bytes, epoch: int, number: int) -> Arrival:
    """What an item is to the inbox.

    Raises RemoteProtocolError: it cannot be used; says why.
    """
    item = _array(raw)
    if item[0] == WITHDRAWAL:
        return Arrival(None, _keys(item, 1))
    alert = _alert(item, epoch, number)
    purpose = PURPOSES[alert.msg_type]
    replaces = _keys(item, 4) if len(item) > 4 else frozenset[str]()
    if purpose in (Purpose.UPDATE, Purpose.CANCEL):
        replaces |= frozenset(alert.reference_keys)
    if len(item) < 4 or type(item[2]) is not int or type(item[3]) is not int:
        raise RemoteProtocolError("item: expected its expiry and its urgency as integers")
    urgency = Urgency(min(max(item[3], Urgency.ORDINARY), Urgency.EXTREME))
    return Arrival(alert.key, replaces - {alert.key}, purpose, urgency, alert.sent.seconds + item[2])


def alert_of(raw: bytes, epoch: int, number: int) -> Alert:
    """The CAP alert in a full item.

    Raises RemoteProtocolError: it is none.
    """
    return _alert(_array(raw), epoch, number)


def _array(raw: bytes) -> list[Any]:
    item = unpack(raw)
    if not isinstance(item, list) or len(item) < 2:
        raise RemoteProtocolError("item: expected an array of at least two elements")
    return item


def _alert(item: list[Any], epoch: int, number: int) -> Alert:
    if item[0] not in (FULL, FULL_OF_HUB):
        raise RemoteProtocolError(f"item: form {str(item[0])[:20]} is not known to this version")
    if not isinstance(item[1], bytes):
        raise RemoteProtocolError("item: expected the record as bytes")
    return unpack_alert(item[1], identifier=hub_identifier(epoch, number) if item[0] == FULL_OF_HUB else None)


def _keys(item: list[Any], index: int) -> frozenset[str]:
    keys = item[index]
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        raise RemoteProtocolError("item: expected identities as an array of text")
    if len(keys) > limits.ROLL_ENTRIES_MAX:
        raise RemoteProtocolError(f"item: {len(keys)} identities; at most {limits.ROLL_ENTRIES_MAX} are allowed")
    return frozenset(keys)
