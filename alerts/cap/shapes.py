"""CAP's shapes: polygon, circle, altitude (CAP 1.2 §3.2.4).

The model keeps a shape's text, so that what goes out is what came in; these functions say what it means. Each raises
ValueError with a sentence that says what is wrong.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal
from typing import NamedTuple

POLYGON_POINTS_MIN = 4
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


class Point(NamedTuple):
    """WGS 84, in degrees."""

    latitude: float
    longitude: float


class Circle(NamedTuple):
    """A centre and a radius in kilometres."""

    centre: Point
    radius_km: float


def polygon(text: str) -> tuple[Point, ...]:
    """The points of "lat,lon lat,lon …": at least four, the last one the same as the first."""
    points = tuple(_point(pair) for pair in text.split())
    if not points:
        raise ValueError("is empty")
    if points[0] != points[-1]:
        raise ValueError("is not closed: the last point must be the same as the first")
    if len(points) < POLYGON_POINTS_MIN:
        raise ValueError(f"has {len(points)} points; the least is {POLYGON_POINTS_MIN}, the first one repeated")
    return points


def circle(text: str) -> Circle:
    """The circle "lat,lon radius"."""
    if not text:
        raise ValueError("is empty")
    parts = text.split()
    if len(parts) != 2:
        raise ValueError(f"{text[:60]!r} is not a centre and a radius, like 1.25,36.8 15")
    radius_km = _number(parts[1], "radius")
    if radius_km < 0:
        raise ValueError(f"the radius {parts[1]} km is negative")
    return Circle(_point(parts[0]), radius_km)


def altitude(text: str) -> Decimal:
    """Feet above mean sea level; also for `ceiling`."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text[:60]!r} is not a decimal number of feet")
    return Decimal(text)


def _point(text: str) -> Point:
    parts = text.split(",")
    if len(parts) != 2:
        raise ValueError(f"{text[:60]!r} is not a point, like 1.25,36.8")
    latitude, longitude = _number(parts[0], "latitude"), _number(parts[1], "longitude")
    if abs(latitude) > 90:
        swapped = "; are latitude and longitude swapped?" if abs(longitude) <= 90 and abs(latitude) <= 180 else ""
        raise ValueError(f"the latitude {parts[0]} is outside -90 to 90{swapped}")
    if abs(longitude) > 180:
        raise ValueError(f"the longitude {parts[1]} is outside -180 to 180")
    return Point(latitude, longitude)


def _number(text: str, what: str) -> float:
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    if not math.isfinite(value):
        raise ValueError(f"the {what} {text[:60]!r} is not a number")
    return value
