"""A restart played one device at a time, with the real objects: `Backoff`, `Admission`, the table of goodbyes. The model's judge.

It knows nothing of arrays, seconds or tables: an event is a moment and a device.
"""

from __future__ import annotations

import heapq
import random

from alerts.session.goodbye import FAREWELLS, Reason
from client.backoff import Backoff
from server.push.admission import Admission


def play_restart(
    devices: int, rate: float, down_s: float, trip_s: float, seed: int, *, says_goodbye: bool
) -> list[float]:
    """When each device is connected again, in seconds after the hub stopped, in order; links are clean."""
    rng = random.Random(seed)
    backoffs = [Backoff(rng) for _ in range(devices)]
    told = FAREWELLS[Reason.STOPPING].retry_after if says_goodbye else None
    admission = Admission(rate, max(1, int(rate)), devices, rng, down_s)
    moments = [(trip_s / 2 + backoff.wait(told), device) for device, backoff in enumerate(backoffs)]
    heapq.heapify(moments)
    back: list[float] = []
    while moments:
        at, device = heapq.heappop(moments)
        if at < down_s:
            heapq.heappush(moments, (at + trip_s + backoffs[device].wait(), device))
            continue
        wait = admission.admit(len(back), at)
        if wait is None:
            back.append(at + 2 * trip_s)
        else:
            heapq.heappush(moments, (at + 2 * trip_s + backoffs[device].wait(wait), device))
    return sorted(back)
