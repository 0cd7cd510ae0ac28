"""Whom to call about an alert: what is missing from which device, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from server.delivery import DeliveryState


class Missing(StrEnum):
    """What is missing, the first thing first."""

    DELIVERY = "delivery"
    ACKNOWLEDGEMENT = "acknowledgement"
    ANSWER = "answer"


MEANINGS: dict[Missing, str] = {
    Missing.DELIVERY: "The device has not said that it stored the alert.",
    Missing.ACKNOWLEDGEMENT: "The device has the alert, and nobody has acknowledged it there.",
    Missing.ANSWER: "Somebody has acknowledged the alert, and not answered what it asks.",
}

_MISSING: dict[DeliveryState, Missing] = {
    DeliveryState.ADDRESSED: Missing.DELIVERY,
    DeliveryState.NOT_REACHED: Missing.DELIVERY,
    DeliveryState.DELIVERED: Missing.ACKNOWLEDGEMENT,
    DeliveryState.SEEN: Missing.ACKNOWLEDGEMENT,
}
_ORDER = {missing: place for place, missing in enumerate(Missing)}


@dataclass(frozen=True, slots=True)
class Call:
    """One device, and what is missing. `areas` are codes with their names; `last_seen` None: it was never heard. `phone`: of
    its user."""

    device: str
    name: str
    areas: tuple[tuple[str, str], ...]
    supervisor: str | None
    state: DeliveryState
    missing: Missing
    last_seen: int | None
    phone: str | None = None


def missing_of(state: DeliveryState, *, asks: bool) -> Missing | None:
    """What is missing from a device in this state; None: nothing. `asks`: the alert asks something."""
    if state is DeliveryState.ACKNOWLEDGED and asks:
        return Missing.ANSWER
    return _MISSING.get(state)


def in_order(calls: Iterable[Call]) -> list[Call]:
    """Whom nothing has reached first; among these who was not heard for longest."""
    return sorted(calls, key=lambda one: (_ORDER[one.missing], one.last_seen or 0, one.name, one.device))
