"""Sets of numbers kept as runs, compared with plain sets."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from alerts.session.spans import Spans, gaps

NUMBERS = st.frozensets(st.integers(1, 40))


@given(NUMBERS, NUMBERS)
def test_is_a_set(one: frozenset[int], other: frozenset[int]) -> None:
    assert list(Spans.of(one)) == sorted(one)
    assert list(Spans.of(one) | Spans.of(other)) == sorted(one | other)
    assert list(Spans.of(one).without(other)) == sorted(one - other)
    assert [number in Spans.of(one) for number in range(1, 45)] == [number in one for number in range(1, 45)]
    assert bool(Spans.of(one)) == bool(one)


@given(NUMBERS, st.integers(0, 40), st.integers(0, 40))
def test_gaps_are_what_is_not_among_them(numbers: frozenset[int], low: int, high: int) -> None:
    assert list(gaps(low, high, numbers)) == [number for number in range(low + 1, high + 1) if number not in numbers]


@given(NUMBERS)
def test_runs_neither_touch_nor_depend_on_how_they_came(numbers: frozenset[int]) -> None:
    spans = Spans.of(numbers)
    runs = list(spans.runs())
    assert all(before[1] + 1 < after[0] for before, after in pairwise(runs))
    assert Spans(reversed(runs)) == spans
    assert hash(Spans(runs)) == hash(spans)


def test_is_no_equal_of_something_else_and_says_what_it_is() -> None:
    assert Spans.of([1]) != {1}
    assert repr(Spans.of([1, 2, 9])) == "Spans([(1, 2), (9, 9)])"
    assert not Spans([(5, 4)])
