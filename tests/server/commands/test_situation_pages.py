"""The situation as tables."""

from __future__ import annotations

from typing import Any

from server.commands.situation_pages import situation_tables

COUNTS = dict.fromkeys(("addressed", "delivered", "seen", "acknowledged", "answered", "withdrawn", "not reached"), 0)
QUIET: dict[str, Any] = {
    "alerts": [],
    "alerts_left_off": 0,
    "areas": [],
    "silent": [],
    "waiting": [],
    "failures": [],
}
AREA = {"area": "KE", "name": "Kenya", "severity": None, "alerts": 0, "exercises": 0, "devices": 5}
AREA |= {"addressed": 0, "lacking": 0, "silent": False}


def test_where_nothing_is_the_matter_there_is_no_table() -> None:
    assert situation_tables({**QUIET, "areas": [AREA]}) == []
    assert len(situation_tables({**QUIET, "areas": [AREA]}, all_areas=True)) == 1


def test_an_alert_says_how_far_it_has_come() -> None:
    alert = {
        "number": 7,
        "status": "Exercise",
        "severity": "Severe",
        "expires": "2026-11-28T12:00:00Z",
        "headlines": [],
        "areas": ["KE"],
        "roles": ["nurse"],
        "everyone": False,
        "counts": COUNTS | {"addressed": 2, "delivered": 1, "answered": 1},
    }
    (table,) = situation_tables({**QUIET, "alerts": [alert], "alerts_left_off": 3})
    row = [next(iter(column.cells)) for column in table.columns]
    assert row == ["7", "Exercise", "Severe", "", "KE nurse", "2 of 4", "1 of 4", "2026-11-28 12:00Z"]
    assert "3 more" in str(table.title)
