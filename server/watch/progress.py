"""How far an alert has come: how many devices are in each state, in all, by area, and over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.delivery import DeliveryState
from server.watch.course import Course, Sample, course
from server.watch.tallies import Tallies, named


@dataclass(frozen=True, slots=True)
class Span:
    """From when to when an alert held; `ended_at` None: it holds."""

    number: int
    begun_at: int
    ended_at: int | None


@dataclass(frozen=True, slots=True)
class AreaProgress:
    """The devices in an area or below it. `name` is empty where the list of areas has none."""

    area: str
    name: str
    counts: dict[DeliveryState, int]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one alert has come, at a time."""

    span: Span
    at: int
    counts: dict[DeliveryState, int]
    areas: tuple[AreaProgress, ...]
    course: Course


def progress_of(
    tallies: Tallies, span: Span, samples: Sequence[Sample], names: Mapping[str, str], now: int
) -> Progress:
    """From what was counted."""
    areas = rows_of(tallies, tallies.areas, names)
    ran = course(tallies, span.begun_at, now if span.ended_at is None else span.ended_at, samples)
    return Progress(span, now, named(tallies.counts), areas, ran)


def rows_of(tallies: Tallies, codes: Iterable[str], names: Mapping[str, str]) -> tuple[AreaProgress, ...]:
    """The rows of some areas, by code; one in which nobody is counted any more is left out."""
    return tuple(
        AreaProgress(code, names.get(code, ""), named(counts))
        for code in sorted(codes)
        if any(counts := tallies.areas[code])
    )
