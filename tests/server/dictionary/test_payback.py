from __future__ import annotations

import math

from alerts.wire.transfer import cost_of
from netsim.profiles.library import load_profile
from server.dictionary.payback import RADIOS, Radio, alerts_until, days_until, gain_over, seconds_on


def test_the_cost_has_the_requests_too() -> None:
    assert cost_of(8192) < cost_of(8193)
    assert cost_of(20_000) > 20_000


def test_a_transfer_is_earned_back_by_what_alerts_save() -> None:
    until = alerts_until(20_000, 100)
    assert until == cost_of(20_000) / 100
    assert days_until(20_000, 100, 4) == until / 4
    assert gain_over(until / 4, 20_000, 100, 4) == 0


def test_what_saves_nothing_is_never_earned_back() -> None:
    assert alerts_until(1, 0) == math.inf and days_until(1, 5, 0) == math.inf
    assert gain_over(90, 1000, 0, 5) < 0


def test_a_slow_link_takes_longer() -> None:
    slow, quick = Radio("slow", 10_000, 1.0), Radio("quick", 100_000, 1.0)
    assert seconds_on(slow, 10_000) > seconds_on(quick, 10_000) > 4
    assert all(radio.bit_s > 1000 for radio in RADIOS)


def test_the_figures_of_links_are_those_of_the_profiles() -> None:
    for radio, name in zip(RADIOS, ("gprs", "edge", "bgan"), strict=True):
        profile = load_profile(name)
        assert (radio.bit_s, radio.round_trip_s) == (
            profile.down.rate_bit_s,
            (profile.down.delay_ms + profile.up.delay_ms) / 1000,
        )
