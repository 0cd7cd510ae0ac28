"""The target `dictionary`."""

from __future__ import annotations

import pytest

from alerts.wire.dictionary import Dictionary
from netsim.fuzz.targets import dictionary
from tests.support.fuzzing import damaged


def test_what_is_good_passes_and_what_is_damaged_is_refused() -> None:
    for data in (*dictionary.seeds(), *damaged(dictionary.seeds(), 300, seed=4)):
        dictionary.check(data)


def test_one_that_stands_for_other_bytes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    good = list(dictionary.seeds())
    other = Dictionary(7, b"", (), (), ())
    monkeypatch.setattr(dictionary, "read_dictionary", lambda data: other)
    with pytest.raises(AssertionError, match="one sequence"):
        dictionary.check(good[0])
