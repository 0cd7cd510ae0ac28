"""The generator of `traces/bus-ride.csv`: half an hour on a country bus, made up from a seed, not recorded.

    python -m netsim.profiles.bus_ride >netsim/profiles/traces/bus-ride.csv

A mast stands every three kilometres beside the road, give or take; the bus goes at 0 to 16 m/s and waits at stops. The
signal falls with the distance to the nearest mast by 35 dB each decade, and wanders by some decibels with hills and houses
(a first-order process). The rate is Shannon's for 5 MHz with a third of the cell left for this phone, at most 10 Mbit/s;
below -6 dB there is none. Loss and delay grow as the signal comes near that edge.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from math import log2, log10

from netsim.profiles.trace import Step

SEED = 2026
LASTS_S = 1800
STEP_S = 2

_MAST_EVERY_M = 3000.0
_EDGE_DB = -6.0


def ride(chance: random.Random) -> Iterator[Step]:
    """The steps of one ride of LASTS_S seconds."""
    masts_m = [at * _MAST_EVERY_M + chance.uniform(-1000, 1000) for at in range(12)]
    place_m, speed_m_s, shadow_db, waits_s = 0.0, 8.0, 0.0, 0
    for time_s in range(0, LASTS_S, STEP_S):
        if waits_s > 0:
            waits_s -= STEP_S
        elif chance.random() < 0.01:
            waits_s = chance.randrange(10, 60)
        else:
            speed_m_s = min(16.0, max(3.0, speed_m_s + chance.gauss(0, 1.5)))
            place_m += speed_m_s * STEP_S
            shadow_db = 0.93 * shadow_db + chance.gauss(0, 2.2)
        distance_m = max(60.0, min(abs(place_m - mast_m) for mast_m in masts_m))
        yield _step(time_s, 24 - 35 * log10(distance_m / 250) + shadow_db)


def _step(time_s: float, signal_db: float) -> Step:
    if signal_db < _EDGE_DB:
        return Step(time_s, 0, 1.0, 0.0)
    rate_bit_s = min(10_000_000.0, 5_000_000 / 3 * log2(1 + 10 ** (signal_db / 10)))
    edge = max(0.0, 1 - (signal_db - _EDGE_DB) / 12)
    return Step(time_s, max(1000, round(rate_bit_s, -3).__trunc__()), round(0.1 * edge**2, 3), round(40 + 120 * edge))


def write_csv() -> str:
    """The text of the file."""
    lines = [
        f"# python -m netsim.profiles.bus_ride, seed {SEED}: made up, not recorded",
        "time_s,rate_bit_s,loss,delay_ms",
    ]
    for step in ride(random.Random(SEED)):
        if step.rate_bit_s == 0:
            lines.append(f"{step.time_s},0,,")
        else:
            lines.append(f"{step.time_s},{step.rate_bit_s},{step.loss:g},{step.delay_ms:g}")
    return "\n".join([*lines, str(LASTS_S)]) + "\n"


if __name__ == "__main__":
    sys.stdout.write(write_csv())
