"""A recorded direction in the format of Mahimahi, the link emulator: when a packet can leave, one line for each.

A line is a time in whole milliseconds at which 1500 bytes can be delivered; times may repeat, and never go back. The last
time is the length of the trace. What such a file says in single packets becomes here a rate for each tenth of a second:
the bits are the same, the order within the tenth is lost.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

from alerts.errors import UserError
from netsim.profiles.csv_trace import HINT
from netsim.profiles.trace import Step, Track

OPPORTUNITY_BYTES = 1500
"""What one line lets pass."""
BIN_MS = 100
"""Length of the steps that a file becomes, in milliseconds."""
TIME_MS_MAX = 10**9
"""The longest trace, in milliseconds: eleven days."""


def parse_mahimahi(text: str, file: str) -> Track:
    """The track that this text describes; `file` is how errors name it. Raises UserError with the line's number."""
    times_ms = _times(text, file)
    lasts_ms = times_ms[-1]
    # An opportunity at a time stands for the millisecond that ends then, so the last one is within the trace.
    packets = Counter(max(0, time_ms - 1) // BIN_MS for time_ms in times_ms)
    rates = [
        (begins_ms, _rate(packets[begins_ms // BIN_MS], min(BIN_MS, lasts_ms - begins_ms)))
        for begins_ms in range(0, lasts_ms, BIN_MS)
    ]
    changes = rates[:1] + [later for before, later in pairwise(rates) if later[1] != before[1]]
    steps = tuple(Step(begins_ms / 1000, rate_bit_s) for begins_ms, rate_bit_s in changes)
    return Track(file=file, steps=steps, lasts_s=lasts_ms / 1000)


def _rate(packets: int, lasts_ms: int) -> int:
    return round(packets * OPPORTUNITY_BYTES * 8 * 1000 / lasts_ms)


def _times(text: str, file: str) -> list[int]:
    times_ms: list[int] = []
    for number, line in enumerate(text.splitlines(), 1):
        word = line.strip()
        if not word:
            continue
        if not (word.isascii() and word.isdecimal() and len(word) < 11 and int(word) <= TIME_MS_MAX):
            raise _wrong(file, number, f"expected a time in whole milliseconds, found {word[:40]!r}")
        if times_ms and int(word) < times_ms[-1]:
            raise _wrong(file, number, f"expected {times_ms[-1]} or later, as in the line before, found {word}")
        times_ms.append(int(word))
    if not times_ms or times_ms[-1] == 0:
        raise _wrong(file, 1, "expected times in milliseconds, one a line, the last above 0, found none")
    return times_ms


def _wrong(file: str, number: int, problem: str) -> UserError:
    return UserError(f"{file}, line {number}: {problem}", HINT, 2)
