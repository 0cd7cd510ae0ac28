"""Outages come as often and last as long as asked, in order, the same from the same seed."""

from __future__ import annotations

import random
from itertools import islice, pairwise
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from netsim.profiles.outages import Outage, draw_outages

outages = st.builds(
    Outage,
    every_s=st.floats(101, 10_000),
    lasts_s=st.floats(1, 100),
    distribution=st.sampled_from(["exponential", "fixed"]),
)


@given(st.lists(outages, min_size=1, max_size=3), st.integers(0, 2**32))
def test_they_are_in_order_and_apart(several: list[Outage], seed: int) -> None:
    spells = list(islice(draw_outages(several, random.Random(seed)), 50))
    assert spells == list(islice(draw_outages(several, random.Random(seed)), 50))
    assert all(0 <= begins_s < ends_s for begins_s, ends_s in spells)
    assert all(before[1] < after[0] for before, after in pairwise(spells))


@pytest.mark.parametrize("distribution", ["exponential", "fixed"])
def test_they_come_as_often_and_last_as_long_as_asked(distribution: Literal["exponential", "fixed"]) -> None:
    outage = Outage(every_s=100, lasts_s=20, distribution=distribution)
    spells = list(islice(draw_outages([outage], random.Random(3)), 20_000))
    lasts_s = sum(ends_s - begins_s for begins_s, ends_s in spells) / len(spells)
    assert lasts_s == pytest.approx(20, rel=0.03)
    assert spells[-1][0] / len(spells) == pytest.approx(100, rel=0.03)
    assert outage.share == 0.2


def test_fixed_ones_are_all_alike_but_do_not_begin_together() -> None:
    outage = Outage(every_s=100, lasts_s=20, distribution="fixed")
    first, other = (list(islice(draw_outages([outage], random.Random(seed)), 5)) for seed in (1, 2))
    assert all(after[0] - before[0] == pytest.approx(100) for before, after in pairwise(first))
    assert first[0][0] != other[0][0]
    assert 0 <= first[0][0] < 80


def test_without_any_there_are_none() -> None:
    assert list(draw_outages([], random.Random(1))) == []


@pytest.mark.parametrize("wrong", [(10.0, 10.0), (10.0, 0.0), (0.0, 0.0)])
def test_one_that_never_ends_is_refused(wrong: tuple[float, float]) -> None:
    with pytest.raises(ValidationError):
        Outage(every_s=wrong[0], lasts_s=wrong[1])
