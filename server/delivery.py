"""How far an alert has come with each device: one table of states, with what each means and what proves it.

The API, the metrics and all texts use these words and no others. For each alert a device is in exactly one state: the
furthest that there is proof of.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
        "A reply written on the device.",
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
    """One device's state, and when (hub time, seconds; as the device reckoned it) somebody saw or acknowledged the alert."""

    device: str
    name: str
    state: DeliveryState
    seen_at: int | None = None
    acknowledged_at: int | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far one alert has come: how many devices are in each state, and which."""

    number: int
    counts: dict[DeliveryState, int]
    devices: tuple[DeviceDelivery, ...]
