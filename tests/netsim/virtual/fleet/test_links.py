"""Draws for arrays follow the profiles, as the profiles' own draws do."""

from __future__ import annotations

import random
from itertools import takewhile

import numpy as np
import pytest

from alerts.limits import ANSWER_SECONDS
from netsim.profiles import Bursts, Outage, Way, load_profile, profile_names
from netsim.virtual.fleet.links import Links
from tests.netsim.virtual.fleet.worlds import CLEAN, profile_with

COUNT = 40_000
ROWS = np.zeros(COUNT, np.int64)


def links_of(*profiles: object) -> Links:
    return Links(list(profiles), np.random.default_rng(7))  # type: ignore[arg-type]


def test_a_clean_line_takes_two_round_trips_and_its_bytes() -> None:
    slow = CLEAN.model_copy(update={"up": Way(delay_ms=50, rate_bit_s=8000)})
    links = links_of(CLEAN, slow)
    assert links.connecting(np.array([0, 1]), 500, 300).tolist() == pytest.approx([0.2, 0.7])
    assert links.delivering(np.array([0, 1]), 300).tolist() == pytest.approx([0.05, 0.05])


def test_losses_double_the_wait() -> None:
    lossy = CLEAN.model_copy(update={"down": Way(delay_ms=50, loss=Bursts.even(0.2))})
    takes = links_of(lossy).connecting(ROWS, 0, 0)
    assert (takes < 0.201).mean() == pytest.approx(0.8**2, abs=0.02)
    assert np.isclose(takes, 0.2 + 1.0).mean() == pytest.approx(0.2 * 0.8**2, abs=0.02)
    assert np.isclose(takes, 0.2 + 3.0).mean() == pytest.approx(0.2**2 * 0.8**2, abs=0.01)


@pytest.mark.parametrize(
    "outage",
    [Outage(every_s=300, lasts_s=30), Outage(every_s=154, lasts_s=20), Outage(every_s=900, lasts_s=200)],
    ids=str,
)
def test_outages_that_are_noticed_come_as_often_and_last_as_long_as_the_profile_draws_them(outage: Outage) -> None:
    spells = takewhile(lambda spell: spell[0] < 4_000_000, outage.spells(random.Random(3)))
    noticed = [end - begin for begin, end in spells if end - begin > ANSWER_SECONDS]
    links = links_of(profile_with(outage))
    lasts = links.outage_lasts(ROWS)
    between = links.until_outage(ROWS)
    assert lasts.min() >= ANSWER_SECONDS
    assert lasts.mean() == pytest.approx(np.mean(noticed), rel=0.05)
    # between two that are noticed the profile has short ones too, which take time of their own
    short_s = outage.every_s * (1 - np.exp(-ANSWER_SECONDS / outage.lasts_s))
    assert between.mean() + lasts.mean() == pytest.approx(4_000_000 / len(noticed), rel=0.12), short_s


def test_outages_of_a_fixed_length() -> None:
    links = links_of(
        profile_with(Outage(every_s=100, lasts_s=5, distribution="fixed")),
        profile_with(Outage(every_s=1000, lasts_s=50, distribution="fixed")),
        CLEAN,
    )
    assert np.isinf(links.until_outage(np.array([0, 2]))).all()
    assert links.outage_lasts(np.ones(5, np.int64)).tolist() == [50] * 5
    assert links.share_out().tolist() == pytest.approx([0, 0.05, 0])
    delays = links.delivering(ROWS, 0)
    assert (delays > 0.0501).mean() == pytest.approx(0.05, abs=0.01)
    assert delays.max() <= 5.05


def test_of_several_outages_each_has_its_share() -> None:
    links = links_of(profile_with(Outage(every_s=1000, lasts_s=50), Outage(every_s=100_000, lasts_s=5000)))
    lasts = links.outage_lasts(ROWS)
    long_rate, short_rate = 1 / 95_000, np.exp(-20 / 50) / 950
    assert (lasts > 600).mean() == pytest.approx(long_rate / (long_rate + short_rate), rel=0.2)


@pytest.mark.parametrize("name", profile_names())
def test_every_profile_can_be_taken(name: str) -> None:
    links = links_of(load_profile(name))
    rows = np.zeros(200, np.int64)
    for drawn in (links.connecting(rows, 343, 373), links.delivering(rows, 900), links.trips(rows)):
        assert np.isfinite(drawn).all()
        assert (drawn >= 0).all()
    assert (links.until_outage(rows) > 0).all()
