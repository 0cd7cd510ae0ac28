"""What is published is what the hub takes, and not more than a link can bear."""

from __future__ import annotations

import random
from itertools import pairwise

from netsim.chaos.alerts import PACE_MAX, PACE_MIN, audience_for, new_alert, pace_of
from netsim.profiles.library import load_profile, profile_names
from netsim.profiles.profile import Profile, Way
from netsim.site.site import people


def _at(rate_bit_s: int | None) -> float:
    way = Way(rate_bit_s=rate_bit_s)
    return pace_of(Profile(name="x", title="X", up=way, down=way))


def test_the_pace_follows_the_rate_within_its_bounds() -> None:
    assert (_at(None), _at(75), _at(10_000_000)) == (PACE_MAX, PACE_MIN, PACE_MAX)
    paces = [_at(rate) for rate in (2400, 5000, 9600)]
    assert all(slower < faster for slower, faster in pairwise(paces))


def test_every_profile_has_a_pace() -> None:
    assert all(PACE_MIN <= pace_of(load_profile(name)) <= PACE_MAX for name in profile_names())


def test_alerts_come_from_chance_alone_and_some_end_soon() -> None:
    assert new_alert("c1", random.Random(1), 1_800_000_000) == new_alert("c1", random.Random(1), 1_800_000_000)
    alerts = [new_alert(f"c{seed}", random.Random(seed), 1_800_000_000) for seed in range(200)]
    ending = [alert for alert in alerts if "expires" in alert["info"][0]]
    assert 5 < len(ending) < 50
    assert all(alert["info"][0]["expires"].startswith("2027-01-15T08:0") for alert in ending)


def test_audiences_are_of_the_staff() -> None:
    staff = people(3)
    asked = [audience_for(random.Random(seed), staff) for seed in range(100)]
    kinds = {tuple(sorted(one)) for one in asked}
    assert kinds == {("everyone",), ("areas",), ("roles",), ("areas", "roles")}
