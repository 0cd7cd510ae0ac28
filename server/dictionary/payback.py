"""When a dictionary has earned back the bytes of its own transfer, and how long that transfer takes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from alerts.wire.transfer import RANGE_BYTES, cost_of


@dataclass(frozen=True, slots=True)
class Radio:
    """A slow link: its name, bits a second down, seconds of a round trip. The figures are those of docs/profiles.md."""

    name: str
    bit_s: int
    round_trip_s: float


RADIOS = (Radio("2G (GPRS)", 25_000, 1.0), Radio("2G (EDGE)", 240_000, 0.84), Radio("satellite (BGAN)", 400_000, 1.1))


def seconds_on(radio: Radio, transfer: int) -> float:
    """How long a transfer takes on a link that has nothing else to do."""
    round_trips = math.ceil(transfer / RANGE_BYTES) + 3  # TCP and TLS
    return cost_of(transfer) * 8 / radio.bit_s + round_trips * radio.round_trip_s


def alerts_until(transfer: int, saves: float) -> float:
    """After how many alerts of one device the transfer is earned back; infinite where nothing is saved."""
    return cost_of(transfer) / saves if saves > 0 else math.inf


def days_until(transfer: int, saves: float, daily: float) -> float:
    """After how many days, at so many alerts a day for one device."""
    return alerts_until(transfer, saves) / daily if daily > 0 else math.inf


def gain_over(days: float, transfer: int, saves: float, daily: float) -> float:
    """Bytes that one device has saved after so many days; below zero: it has paid more than it was given back."""
    return saves * daily * days - cost_of(transfer)
