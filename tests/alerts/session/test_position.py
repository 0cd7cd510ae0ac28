"""Paths of epochs, and whether a position counts."""

from __future__ import annotations

import pytest

from alerts.session.position import OWES, UNCONFIRMED, Path, Position, position_of
from alerts.wire.frames import Resume, Stored

PATH = Path([(10, 1), (11, 4), (12, 8)])


@pytest.mark.parametrize(("number", "epoch"), [(0, 10), (1, 10), (3, 10), (4, 11), (7, 11), (8, 12), (99, 12)])
def test_each_number_has_an_epoch(number: int, epoch: int) -> None:
    assert PATH.epoch_at(number) == epoch


def test_an_epoch_ends_where_the_next_begins_and_the_newest_at_the_head() -> None:
    assert [PATH.end(epoch, 9) for epoch in (10, 11, 12, 13)] == [3, 7, 9, None]
    assert PATH.newest() == 12
    assert list(PATH) == [(10, 1), (11, 4), (12, 8)]


@pytest.mark.parametrize(
    ("epoch", "number", "is_held"),
    [(10, 3, True), (10, 4, False), (11, 4, True), (11, 3, False), (12, 9, True), (12, 10, False), (13, 1, False)],
)
def test_the_log_has_an_entry_only_in_its_own_epoch(epoch: int, number: int, is_held: bool) -> None:
    assert PATH.holds(epoch, number, 9) is is_held


def test_an_epoch_in_which_nothing_was_written_covers_nothing() -> None:
    path = Path([(10, 1), (11, 4), (12, 4)])
    assert path.end(11, 9) == 3
    assert path.epoch_at(4) == 12
    assert not path.holds(11, 4, 9)


@pytest.mark.parametrize("wrong", [[(0, 1)], [(5, 1), (5, 2)], [(5, 4), (6, 3)]])
def test_a_path_only_grows_with_epochs_that_are_new(wrong: list[tuple[int, int]]) -> None:
    with pytest.raises(AssertionError):
        Path(wrong)


def test_a_position_travels_as_a_frame() -> None:
    position = Position(11, 4, 6, (7, 9), True, True, 1000)
    assert position.flags == OWES | UNCONFIRMED
    assert isinstance(position.stored(), Stored)
    assert isinstance(position.resume(), Resume)
    assert position_of(position.stored()) == position_of(position.resume()) == position


def test_a_frame_without_as_of_is_judged_by_its_cursor() -> None:
    assert position_of(Stored(11, 4)) == Position(11, 4, 4)
