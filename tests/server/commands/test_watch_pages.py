"""Progress and calls as tables."""

from __future__ import annotations

from typing import Any

from server.commands.watch_pages import POINTS_MAX, STATES, calls_table, progress_tables
from server.delivery import DeliveryState


def test_the_columns_are_the_states() -> None:
    assert list(STATES) == list(DeliveryState)


def progress(points: int) -> dict[str, Any]:
    counts = dict.fromkeys(STATES, 0) | {"seen": 1200}
    point = {"delivered": None, "seen": 1, "acknowledged": 0, "answered": 0}
    return {
        "number": 4,
        "counts": counts,
        "areas": [{"area": "", "name": "", "counts": counts}, {"area": "KE", "name": "Kenya", "counts": counts}],
        "points": [point | {"at": f"2026-11-28T12:{minute % 60:02}:00Z"} for minute in range(points)],
    }


def test_a_line_for_each_area() -> None:
    areas, _ = progress_tables(progress(3))
    assert list(areas.columns[0].cells) == ["in all", "(none)", "KE"]
    assert list(areas.columns[4].cells) == ["1,200"] * 3


def test_of_many_points_some_are_shown_and_the_last() -> None:
    for count in (1, 24, 25, 119, 120):
        _, points = progress_tables(progress(count))
        assert points.row_count <= POINTS_MAX + 1
        assert list(points.columns[0].cells)[-1] == f"2026-11-28 12:{(count - 1) % 60:02}Z"


def test_who_was_never_heard_and_who_is_connected() -> None:
    row = {
        "missing": "delivery",
        "device": "d",
        "name": "n",
        "areas": [{"code": "KE", "name": "Kenya"}],
        "supervisor": None,
        "phone": None,
    }
    found = {"calls": [row | {"connected": False, "last_seen": None}, row | {"connected": True, "last_seen": None}]}
    assert list(calls_table(found).columns[6].cells) == ["never", "connected now"]
