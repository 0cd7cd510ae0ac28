"""The items of the uplink: what a device writes into its outbox for the hub.

An item is a positional msgpack array `[kind, at, …]`; `at` is the hub's time in seconds as the device reckons it. Kinds from
a later version are kept in quarantine by a hub that does not know them; reports will be such a kind.

    1  a receipt           [1, at, state, epoch, number]   or, where the hub lost the number, [1, at, state, 0, 0, identity]
    2  not usable          [2, at, epoch, number, reason]
    3  lost by the hub     [3, at, [identity, …]]
    4  an answer           [4, at, epoch, number, value]   or, where the hub lost the number, [4, at, 0, 0, value, identity]

The value of an answer has no language: true or false, the place of a choice from 0 on, a number, or text, as the alert's
question wants it (alerts.cap.question). Of several answers of a device to one alert the latest counts: within an outbox
epoch the one with the highest number; of the last ones of several epochs that with the latest `at`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import msgpack

from alerts import limits
from alerts.cap.question import AnswerValue, value_problem
from alerts.errors import RemoteProtocolError
from alerts.wire.codec import unpack
from alerts.wire.frames import EPOCH, NUMBER, WORDS, Field, many, text

IDENTITY_CHARS_MAX = 1000
IDENTITY = text(IDENTITY_CHARS_MAX)
IDENTITIES = many(IDENTITY, limits.ROLL_ENTRIES_MAX)


def _check_value(value: Any, path: str) -> AnswerValue:
    problem = value_problem(value)
    if problem:
        raise RemoteProtocolError(f"{path}: {problem}")
    checked: AnswerValue = value
    return checked


VALUE = Field(lambda value: value, _check_value)


class ReceiptState(IntEnum):
    """What a person did with an alert."""

    SEEN = 1
    ACKNOWLEDGED = 2


class Kind(IntEnum):
    """The kinds of uplink items."""

    RECEIPT = 1
    QUARANTINED = 2
    LOST = 3
    ANSWER = 4


class RefusalReason(IntEnum):
    """Why a hub keeps an uplink item in quarantine: the reasons of a `Refused` frame."""

    UNUSABLE = 1
    """It cannot be read, or this version does not know its kind."""
    NOT_ADDRESSED = 2
    """A receipt for, or an answer to, an alert that was never meant for the device."""
    CRASHED = 3
    """Reading it brought the hub down, more than once."""
    NO_ANSWER = 4
    """An answer to an alert that asks nothing, or that asks for something else."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A person has seen or acknowledged an alert, named by its entry, or by its identity where it has no number."""

    at: int
    state: ReceiptState
    epoch: int = 0
    number: int | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """The device cannot use an item of the downlink, and why."""

    at: int
    epoch: int
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The device holds alerts in force that the hub's log no longer has."""

    at: int
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A person has answered the question of an alert, which is named as in a receipt."""

    at: int
    value: AnswerValue
    epoch: int = 0
    number: int | None = None
    key: str | None = None


UplinkItem = Receipt | Quarantined | Lost | Answer


def pack_uplink(item: UplinkItem) -> bytes:
    """An item as it stands in the outbox and travels."""
    array: list[Any]
    match item:
        case Receipt(at, state, epoch, None, key):
            array = [Kind.RECEIPT, at, state, 0, 0, key]
        case Receipt(at, state, epoch, number):
            array = [Kind.RECEIPT, at, state, epoch, number]
        case Quarantined(at, epoch, number, reason):
            array = [Kind.QUARANTINED, at, epoch, number, reason[: limits.WORDS_CHARS_MAX]]
        case Lost(at, keys):
            array = [Kind.LOST, at, list(keys)]
        case Answer(at, value, epoch, None, key):
            array = [Kind.ANSWER, at, 0, 0, value, key]
        case Answer(at, value, epoch, number):
            array = [Kind.ANSWER, at, epoch, number, value]
    packed: bytes = msgpack.packb(array)
    return packed


def unpack_uplink(raw: bytes) -> UplinkItem:
    """The item in bytes from a device.

    Raises RemoteProtocolError: it cannot be used; says why.
    """
    if len(raw) > limits.UPLINK_ITEM_BYTES_MAX:
        raise RemoteProtocolError(f"uplink item: {len(raw)} bytes; at most {limits.UPLINK_ITEM_BYTES_MAX} are allowed")
    array = unpack(raw)
    if not isinstance(array, list) or not array:
        raise RemoteProtocolError("uplink item: expected an array")
    match array[0]:
        case Kind.RECEIPT:
            return _receipt(array)
        case Kind.QUARANTINED:
            at, epoch, number, reason = _values(array, NUMBER, EPOCH, NUMBER, WORDS)
            return Quarantined(at, epoch, number, reason)
        case Kind.LOST:
            at, keys = _values(array, NUMBER, IDENTITIES)
            return Lost(at, keys)
        case Kind.ANSWER:
            return _answer(array)
    raise RemoteProtocolError(f"uplink item: kind {str(array[0])[:20]} is not known to this version")


def _receipt(array: list[Any]) -> Receipt:
    at, state, epoch, number = _values(array, NUMBER, NUMBER, EPOCH, NUMBER)
    if state not in tuple(ReceiptState):
        raise RemoteProtocolError(f"uplink item: receipt state {state} is not known to this version")
    if number:
        return Receipt(at, ReceiptState(state), epoch, number)
    (key,) = _values(array[4:], IDENTITY)
    return Receipt(at, ReceiptState(state), key=key)


def _answer(array: list[Any]) -> Answer:
    at, epoch, number, value = _values(array, NUMBER, EPOCH, NUMBER, VALUE)
    if number:
        return Answer(at, value, epoch, number)
    (key,) = _values(array[4:], IDENTITY)
    return Answer(at, value, key=key)


def _values(array: list[Any], *fields: Field) -> list[Any]:
    """The elements behind the first one, checked; what follows them is ignored."""
    if len(array) <= len(fields):
        raise RemoteProtocolError(
            f"uplink item: expected {len(fields)} elements behind the kind, found {len(array) - 1}"
        )
    return [
        field.unpack(value, f"uplink item[{index}]")
        for index, (field, value) in enumerate(zip(fields, array[1:], strict=False), 1)
    ]
