"""What is quieter than usual: judged against its own past and nothing else. Pure: hourly counts in, a verdict out.

All time is counted in hours during which the hub itself was up (*watched*). An hour that the hub slept through is no
hour of anybody's silence, and no part of anybody's past.

**A source** (a sender of alerts, a feed, the acknowledgements of an area) is judged by its gaps, the watched hours
between one hour with something and the next. It is silent when the gap that is running is longer than FACTOR times the
longest that it made in the time that is kept, and longer than GAP_HOURS_MIN. Of a regular source (its longest gap at
most REGULAR times its median one, and REGULAR_GAPS_MIN gaps known) FACTOR_REGULAR times are enough. It is not judged
before it has made GAPS_MIN gaps, nor as long as it is irregular: its longest gap more than IRREGULAR times its median
one.

**An area** is judged by the devices heard from, hour by hour. The last WINDOW_HOURS watched hours together are held
against the same hours of each day before. It is silent when they are below the lowest of these days, divided by DROP.
It is not judged before DAYS_MIN days, nor where the lowest is under FLOOR_MIN: an area that is at times as good as
silent says nothing by being so.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

DAYS_KEPT = 60
"""How long hourly counts are kept: what is usual is what was usual in this time."""

FACTOR = 3.0
GAPS_MIN = 15
GAP_HOURS_MIN = 3
IRREGULAR = 8.0
FACTOR_REGULAR = 2.0
REGULAR = 3.0
REGULAR_GAPS_MIN = 20

WINDOW_HOURS = 3
DAYS_MIN = 14
DROP = 3.0
FLOOR_MIN = 10


class Verdict(StrEnum):
    """What can be said of something now."""

    USUAL = "usual"
    SILENT = "silent"
    NOT_JUDGED = "not judged"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and the figures that it rests on in words."""

    verdict: Verdict
    words: str


def judge_gaps(counts: Mapping[int, int], watched: Collection[int], now: int) -> Judgement:
    """A source, at the end of the hour before `now`. `counts` and `watched` are by hours since 1970."""
    order = {hour: at for at, hour in enumerate(sorted(hour for hour in watched if hour < now))}
    marks = [order[hour] for hour in sorted(counts) if counts[hour] and hour in order]
    gaps = [later - earlier for earlier, later in itertools.pairwise(marks)]
    if len(gaps) < GAPS_MIN:
        return Judgement(Verdict.NOT_JUDGED, f"{len(gaps)} gaps are known; at least {GAPS_MIN} are needed")
    longest, usual = max(gaps), median(gaps)
    running = len(order) - 1 - marks[-1]
    if longest > IRREGULAR * usual:
        return Judgement(Verdict.NOT_JUDGED, f"irregular: a gap is {usual:g} h as a rule, and was {longest} h once")
    words = f"nothing for {running} h; the longest gap was {longest} h, as a rule it is {usual:g} h"
    is_regular = len(gaps) >= REGULAR_GAPS_MIN and longest <= REGULAR * usual
    is_silent = running > max((FACTOR_REGULAR if is_regular else FACTOR) * longest, GAP_HOURS_MIN)
    return Judgement(Verdict.SILENT if is_silent else Verdict.USUAL, words)


def judge_window(counts: Mapping[int, int], watched: Collection[int], now: int) -> Judgement:
    """An area, at the end of the hour before `now`, by the devices heard from in each hour. What happened in a silence of the
    area's own is left out of `watched` by the caller, except for the hours that are judged."""
    hours = [now - back for back in range(1, WINDOW_HOURS + 1)]
    if not all(hour in watched for hour in hours):
        return Judgement(Verdict.NOT_JUDGED, f"the hub has not watched for the last {WINDOW_HOURS} h")
    past = []
    for days in range(1, DAYS_KEPT + 1):
        same = [hour - 24 * days for hour in hours]
        if all(hour in watched for hour in same):
            past.append(sum(counts.get(hour, 0) for hour in same))
    if len(past) < DAYS_MIN:
        return Judgement(Verdict.NOT_JUDGED, f"{len(past)} days are known for these hours; {DAYS_MIN} are needed")
    heard, lowest = sum(counts.get(hour, 0) for hour in hours), min(past)
    words = (
        f"devices heard {heard} times in the last {WINDOW_HOURS} h; at these hours it was {lowest} times or more, "
        f"{median(past):g} as a rule"
    )
    if lowest < FLOOR_MIN:
        return Judgement(Verdict.NOT_JUDGED, f"too few at these hours to tell: {words}")
    return Judgement(Verdict.SILENT if heard * DROP < lowest else Verdict.USUAL, words)
