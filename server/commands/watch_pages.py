"""How far an alert has come, and whom to call about it, as people read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.commands import output
from server.commands.output import Table

STATES = ("addressed", "delivered", "seen", "acknowledged", "answered", "withdrawn", "not reached")
POINTS_MAX = 24
"""Lines of the table over time; of more points each n-th is shown, and the last."""


def progress_tables(found: Mapping[str, Any]) -> list[Table]:
    """The counts, in all and by area, and how they came about."""
    areas = Table("area", "name", *STATES, title=f"Alert {found['number']}", title_justify="left")
    areas.add_row("in all", "", *_counts(found["counts"]))
    for row in found["areas"]:
        areas.add_row(row["area"] or "(none)", row["name"], *_counts(row["counts"]))
    points = Table("until", "delivered", "seen", "acknowledged", "answered")
    for point in _some(found["points"]):
        delivered = "" if point["delivered"] is None else f"{point['delivered']:,}"
        counts = (f"{point[name]:,}" for name in ("seen", "acknowledged", "answered"))
        points.add_row(output.when(point["at"]), delivered, *counts)
    return [areas, points]


def _counts(counts: Mapping[str, int]) -> list[str]:
    return [f"{counts[state]:,}" if counts[state] else "" for state in STATES]


def _some(points: list[Any]) -> list[Any]:
    apart = -(-len(points) // POINTS_MAX)
    return points[apart - 1 :: apart] + (points[-1:] if len(points) % apart else [])


def calls_table(found: Mapping[str, Any]) -> Table:
    """Whom to call, the most urgent first."""
    table = Table("missing", "device", "name", "phone", "areas", "supervisor", "last seen")
    for row in found["calls"]:
        areas = ", ".join(f"{area['code']} {area['name']}".rstrip() for area in row["areas"])
        last_seen = "connected now" if row["connected"] else output.when(row["last_seen"], "never")
        table.add_row(
            row["missing"], row["device"], row["name"], row["phone"] or "", areas, row["supervisor"] or "", last_seen
        )
    return table
