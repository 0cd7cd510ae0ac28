"""How far an alert has come with each device: one table of states, with what each means and what proves it.

The API, the metrics and all texts use these words and no others. For each alert a device is in exactly one state: the
furthest that there is proof of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from alerts.audience import Audience, Reader, is_for
from alerts.session.claim import Claim


class DeliveryState(StrEnum):
    """The states, in the order in which an alert comes along; the last two are ends without delivery."""

    ADDRESSED = "addressed"
    DELIVERED = "delivered"
    SEEN = "seen"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    NOT_REACHED = "not reached"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a state says about one device and one alert, and what proves it."""

    meaning: str
    proof: str


STATES: dict[DeliveryState, Meaning] = {
    DeliveryState.ADDRESSED: Meaning(
        "The alert is in force and meant for the device, which has not said that it stored it.",
        "The log's entry and the device's newest audience.",
    ),
    DeliveryState.DELIVERED: Meaning(
        "The device has stored the alert durably.",
        "The position that the device stated lies at or beyond the alert's number, and it was not spared that number.",
    ),
    DeliveryState.SEEN: Meaning(
        "Somebody has opened the alert on the device.",
        "A receipt `seen` written on the device.",
    ),
    DeliveryState.ACKNOWLEDGED: Meaning(
        "Somebody has confirmed on the device that they have taken note of the alert.",
        "A receipt `acknowledged` written on the device.",
    ),
    DeliveryState.ANSWERED: Meaning(
        "Somebody has answered the alert from the device.",
        "An answer written on the device, which fits what the alert asks.",
    ),
    DeliveryState.WITHDRAWN: Meaning(
        "The alert was updated or cancelled before the device had it; the device gets what replaced it, or nothing.",
        "The entry that replaced it, and a stated position without the alert's number.",
    ),
    DeliveryState.NOT_REACHED: Meaning(
        "The alert expired, or the device was revoked, before the device had it.",
        "The alert's end, and a stated position without the alert's number.",
    ),
}


@dataclass(frozen=True, slots=True)
class DeviceDelivery:
    """One device's state, and when (hub time, seconds; as the device reckoned it) somebody first saw, acknowledged and
    answered the alert."""

    device: str
    name: str
    state: DeliveryState
    seen_at: int | None = None
    acknowledged_at: int | None = None
    answered_at: int | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far one alert has come: how many devices are in each state, and which."""

    number: int
    counts: dict[DeliveryState, int]
    devices: tuple[DeviceDelivery, ...]


@dataclass(frozen=True, slots=True)
class Ending:
    """What there is to know of an alert here: whom it is for, since when, and whether and how it has ended."""

    number: int
    audience: Audience
    published_at: int
    expires: int
    replaced_by: int | None
    is_cancel: bool

    def is_over(self, now: int) -> bool:
        """Whether it will not be sent in full any more."""
        return self.replaced_by is not None or self.expires <= now


@dataclass(frozen=True, slots=True)
class Evidence:
    """What there is to know of one device and the alert.

    `reader`: its audience while the alert held (now, if it still does); None where it had none then. Times are the hub's.
    """

    device: str
    name: str
    reader: Reader | None
    revoked_at: int | None
    claim: Claim
    seen_at: int | None = None
    acknowledged_at: int | None = None
    answered_at: int | None = None


def judge(alert: Ending, evidence: Iterable[Evidence], now: int) -> Delivery:
    """How far an alert has come with each device that it is, or was, for."""
    devices = tuple(
        DeviceDelivery(one.device, one.name, state, one.seen_at, one.acknowledged_at, one.answered_at)
        for one in evidence
        if (state := state_of(alert, one, now))
    )
    counts = dict.fromkeys(DeliveryState, 0)
    for device in devices:
        counts[device.state] += 1
    return Delivery(alert.number, counts, devices)


def state_of(alert: Ending, one: Evidence, now: int) -> DeliveryState | None:
    """The furthest state that there is proof of; None: the alert is not, and was not, for this device."""
    if one.answered_at is not None:
        return DeliveryState.ANSWERED
    if one.acknowledged_at is not None:
        return DeliveryState.ACKNOWLEDGED
    if one.seen_at is not None:
        return DeliveryState.SEEN
    if not _is_addressed(alert, one):
        return None
    if one.claim.has(alert.number, alert.expires, now):
        return DeliveryState.DELIVERED
    if one.revoked_at is not None:
        return DeliveryState.NOT_REACHED
    if alert.replaced_by is not None:
        return DeliveryState.WITHDRAWN
    return DeliveryState.NOT_REACHED if alert.is_over(now) else DeliveryState.ADDRESSED


def _is_addressed(alert: Ending, one: Evidence) -> bool:
    """Whether the device is meant. A cancel is not meant for a device that has nothing to withdraw."""
    if one.reader is None or not is_for(alert.audience, one.reader):
        return False
    if one.revoked_at is not None and one.revoked_at <= alert.published_at:
        return False
    return not (alert.is_cancel and alert.number in one.claim.spared)
