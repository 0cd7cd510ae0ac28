"""What CAP's shapes mean, and what is wrong with those that mean nothing."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from alerts.cap.shapes import Circle, Point, altitude, circle, polygon


def test_a_polygon_is_its_points() -> None:
    assert polygon("0,1 +2.5,-3\n4.,.5 0.0,1.00") == (Point(0, 1), Point(2.5, -3), Point(4, 0.5), Point(0, 1))


def test_a_circle_is_centre_and_radius() -> None:
    assert circle("32.9525,-115.5527 0") == Circle(Point(32.9525, -115.5527), 0)


def test_an_altitude_is_a_decimal() -> None:
    assert altitude("9842.5197") == Decimal("9842.5197")


@pytest.mark.parametrize(
    ("read", "text", "problem"),
    [
        (polygon, "", "is empty"),
        (polygon, "\xa0\x85", "is empty"),  # white space, though not XML's
        (polygon, "0,1 2,3 4,5 6,7", "is not closed"),
        (polygon, "0,1 2,3 0,1", "has 3 points"),
        (polygon, "0,1 2,3 4 0,1", "'4' is not a point"),
        (polygon, "0,1 2,x 4,5 0,1", "longitude 'x' is not a number"),
        (polygon, "nan,1 2,3 4,5 nan,1", "latitude 'nan' is not a number"),
        (polygon, "121.5,25 121.6,25 121.6,26 121.5,25", "are latitude and longitude swapped"),
        (polygon, "0,181 2,3 4,5 0,181", "longitude 181 is outside"),
        (circle, "", "is empty"),
        (circle, "1,2", "not a centre and a radius"),
        (circle, "1,2 -3", "is negative"),
        (circle, "1,2 1e3", "is not a number"),
        (altitude, "high", "not a decimal"),
        (altitude, "1e3", "not a decimal"),
        (altitude, "", "not a decimal"),
    ],
)
def test_a_shape_that_is_none_says_why(read: Callable[[str], object], text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read(text)
