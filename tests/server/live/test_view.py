"""What a page is told: the whole, then what changed, and both lead to the same."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from alerts.session.claim import Claim
from server.events import EventKind
from server.live.view import LATEST_MAX, View
from tests.server.watch.test_board import board_of
from tests.support.stores import NOON


def apply(page: dict[str, Any], change: dict[str, Any]) -> None:
    """As a page does it."""
    progress = page["progress"]
    progress["counts"] = change["counts"]
    rows = {row["area"]: row for row in progress["areas"]} | {row["area"]: row for row in change["areas"]}
    progress["areas"] = [
        row
        for area, row in sorted(rows.items(), key=lambda one: (one[0].count("-"), one[0]))
        if area not in change["gone"]
    ]
    progress["points"] = progress["points"][: change["points_from"]] + change["points"]
    progress["step_seconds"] = change["step_seconds"]
    page["latest"] = (page["latest"] + change["latest"])[-LATEST_MAX:]


@pytest.mark.parametrize("seed", range(20))
def test_changes_lead_from_one_whole_to_the_next(seed: int) -> None:
    random = Random(seed)
    board = board_of(*(random.choice(("KE-1", "KE-2", "KE-2-7")) for _ in range(30)))
    view = View(board.number, ())
    view.board_made(board)
    view.changed(board, range(30))
    view.told(NOON)
    page, now = view.snapshot("x", {}, NOON), NOON
    for _ in range(12):
        now += random.choice((1, 100, 4000))
        for _ in range(random.randrange(1, 8)):
            place = random.randrange(30)
            if random.random() < 0.5:
                board.act(
                    place,
                    random.choice((EventKind.ALERT_SEEN, EventKind.ALERT_ACKNOWLEDGED)),
                    now - random.randrange(60),
                )
            board.judge(place, Claim(cursor=random.choice((0, 9))), NOON)
        view.changed(board, sorted(board.changed))
        board.changed.clear()
        if view.is_news:
            apply(page, view.change({}, now))
        whole = view.snapshot("x", {}, now)
        assert {**page["progress"], "at": whole["progress"]["at"]}["counts"] == whole["progress"]["counts"]
        assert page["progress"]["areas"] == whole["progress"]["areas"]
        assert sorted(map(str, page["latest"])) == sorted(map(str, whole["latest"]))
        if not view.is_news and page["progress"]["points"][-1]["at"] == whole["progress"]["points"][-1]["at"]:
            assert page["progress"]["points"] == whole["progress"]["points"]


def test_who_is_bound_is_told_of_the_own_devices() -> None:
    board = board_of("KE-1", "KE-2")
    view = View(board.number, ("KE-2",))
    view.board_made(board)
    view.changed(board, range(2))
    assert [row["area"] for row in view.snapshot("x", {}, NOON)["progress"]["areas"]] == ["KE-2"]
    board.act(0, EventKind.ALERT_SEEN, NOON)
    board.judge(0, Claim(), NOON)
    view.told(NOON)
    view.changed(board, [0])
    assert not view.is_news
