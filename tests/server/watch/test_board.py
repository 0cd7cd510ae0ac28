"""A board: one judgement a change. (That its judgements are those of the store: test_watch.py.)"""

from __future__ import annotations

from alerts.audience import Audience
from alerts.session.claim import Claim
from server.delivery import Ending
from server.events import EventKind
from server.store.records import StoredAlert
from server.watch.board import ADDRESSED, NONE, Board, Loaded
from server.watch.roster import DeviceTraits, Roster
from tests.support.stores import HOUR, NOON, make_alert


def board_of(*areas: str) -> Board:
    """A board of an alert for KE, with a device in each of these areas."""
    roster = Roster(DeviceTraits(f"d-{at}", "", (area,), (), None, None) for at, area in enumerate(areas))
    audience = Audience(areas=("KE",))
    stored = StoredAlert(5, 7, make_alert(), audience, (audience,), NOON + HOUR, NOON, "x", None, None, True)
    alert = Ending(5, audience, NOON, NOON + HOUR, None, False)
    board = Board(Loaded("k", stored, alert, None, None, {}, False), roster)
    for place in range(len(roster)):
        board.judge(place, Claim(), NOON)
    return board


def test_who_is_not_meant_stands_in_no_state() -> None:
    board = board_of("KE-1", "UG")
    assert list(board.states) == [ADDRESSED, NONE] and board.counts[ADDRESSED] == board.counts[NONE] == 1


def test_a_change_is_noted_once_and_the_earliest_time_counts() -> None:
    board = board_of("KE-1")
    board.changed.clear()
    board.judge(0, Claim(), NOON)
    assert not board.changed
    board.act(0, EventKind.ALERT_SEEN, NOON + 9)
    board.act(0, EventKind.ALERT_SEEN, NOON + 5)
    board.act(0, EventKind.ALERT_SEEN, NOON + 7)
    board.judge(0, Claim(), NOON)
    assert board.times[0] == (NOON + 5, None, None) and board.changed == {0} and board.reached == 1
    board.act(0, EventKind.ALERT_ANSWERED, NOON)
    assert board.answers == 1


def test_an_alert_that_has_ended_needs_another_board() -> None:
    board = board_of("KE-1")
    assert not board.is_outdated(None, NOON)
    assert board.is_outdated(None, NOON + HOUR)
    assert board.is_outdated(9, NOON)
