"""What is measured is what devices would be sent; the size that is worth most is found; too little is refused."""

from __future__ import annotations

from functools import cache

import pytest

from alerts.dictionary.generator import generate
from alerts.dictionary.training import NotEnoughError
from alerts.wire.dictionary import read_dictionary
from server.dictionary.history import of_alerts
from server.dictionary.trial import Outcome, try_out
from tests.support.history import history

KB = 1024


@cache
def own_words() -> Outcome:
    return try_out(of_alerts(history(160, days=10)), (4 * KB, 16 * KB, 64 * KB, 112 * KB), made=1)


def test_a_hub_with_words_of_its_own_saves_much() -> None:
    best = own_words().best
    assert own_words().is_worth_it
    assert best.measured.lean < best.measured.plain * 0.7
    assert read_dictionary(best.dictionary.data) == best.dictionary
    assert best.measured.alerts == 160 and best.measured.monthly > 300
    assert own_words().held_back == 20


def test_general_text_fills_what_the_history_leaves() -> None:
    sizes = [len(trial.dictionary.zstd) for trial in own_words().trials]
    assert sizes[-1] > 112 * KB


def test_larger_ones_than_there_is_text_for_are_not_tried() -> None:
    tried = try_out(of_alerts(history(60)), (256 * KB, 512 * KB), made=1)
    assert len(tried.trials) == 1


def test_where_the_shipped_one_knows_the_words_nothing_is_worth_it() -> None:
    assert not try_out(of_alerts(generate("en", 80, 3)), (8 * KB,), made=1).is_worth_it


def test_where_alerts_are_rare_nothing_is_worth_it() -> None:
    assert not try_out(of_alerts(history(60, days=3000)), (8 * KB,), made=1).is_worth_it


def test_too_little_is_told() -> None:
    with pytest.raises(NotEnoughError, match="5 alerts to train on; at least 40"):
        try_out(of_alerts(history(5)), (8 * KB,), made=1)
