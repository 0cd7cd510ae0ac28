"""The likest earlier alerts are found, the newest of those that are equally like, and the memory is bounded."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.wire import references
from alerts.wire.lean import fill, take_apart
from alerts.wire.references import Likeness
from tests.support.lean import items


def _likeness(*numbers: int) -> Likeness:
    likeness = Likeness()
    for number in numbers:
        likeness.add(number, items()[number - 1])
    return likeness


def test_an_update_is_most_like_what_it_updates() -> None:
    likeness = _likeness(*range(1, 17))
    assert likeness.likest(items()[16], 2, may=lambda _: True)[0] == 1, "017 is an update of 001"
    assert likeness.likest(items()[24], 1, may=lambda _: True) == [2]


def test_only_what_may_be_referred_to_is_chosen() -> None:
    likeness = _likeness(*range(1, 17))
    assert 1 not in likeness.likest(items()[16], 3, may=lambda number: number != 1)
    assert 1 not in likeness.likest(items()[16], 3, may=lambda _: True, but=(1,))
    assert likeness.likest(items()[16], 3, may=lambda _: False) == []


def test_of_equals_the_newest_is_taken() -> None:
    likeness = Likeness()
    for number in (4, 5, 6):
        likeness.add(number, items()[0])
        likeness.add(number, items()[1])
    assert likeness.likest(items()[0], 1, may=lambda _: True) == [6]


def test_the_oldest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(references, "REMEMBERED_MAX", 3)
    likeness = _likeness(1, 2, 3, 4)
    assert likeness.likest(items()[0], 1, may=lambda number: number == 1) == []
    assert likeness.likest(items()[3], 1, may=lambda _: True) == [4]


def test_a_very_long_alert_is_not_referred_to() -> None:
    lean = take_apart(items()[0])
    assert lean is not None
    long = fill(replace(lean, texts=(lean.texts[0] * 2000, *lean.texts[1:])))
    likeness = Likeness()
    likeness.add(1, long)
    assert likeness.likest(items()[0], 1, may=lambda _: True) == []
