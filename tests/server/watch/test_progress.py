"""What was counted, put together."""

from __future__ import annotations

from server.delivery import DeliveryState
from server.watch.progress import Span, progress_of
from server.watch.tallies import NEVER, PLACE, Tallies

DELIVERED = PLACE[DeliveryState.DELIVERED]


def test_areas_come_with_their_names_and_empty_ones_are_left_out() -> None:
    tallies = Tallies()
    tallies.add(("KE-1",), DELIVERED, NEVER)
    tallies.add(("UG",), DELIVERED, NEVER)
    tallies.add(("UG",), DELIVERED, NEVER, by=-1)
    found = progress_of(tallies, Span(7, 1000, None), (), {"KE": "Kenya"}, 2000)
    assert [(row.area, row.name, row.counts[DeliveryState.DELIVERED]) for row in found.areas] == [
        ("KE", "Kenya", 1),
        ("KE-1", "", 1),
    ]
    assert found.course.points[-1].at == 2000


def test_the_course_ends_when_the_alert_did() -> None:
    found = progress_of(Tallies(), Span(7, 1000, 1500), (), {}, 9000)
    assert (found.course.points[-1].at, found.at) == (1500, 9000)
