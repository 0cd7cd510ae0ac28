"""A hub and devices over links that take time: deliveries, days, rest; and that what is wrong is noticed."""

from __future__ import annotations

import hashlib
from itertools import islice

import pytest

from alerts import limits
from alerts.audience import Audience, Reader
from netsim.judge.invariants import ViolationError
from netsim.profiles.library import load_profile
from netsim.virtual.real_items import drafts
from netsim.virtual.timed_world import Setting, TimedWorld
from tests.planted import canary
from tests.support.tcp_pair import link

EVERYONE = Audience(everyone=True)


def run(profile_name: str, seed: int, *, devices: int = 2, count: int = 12) -> TimedWorld:
    world = TimedWorld(Setting(load_profile(profile_name), devices=devices), seed, is_traced=True)
    for device in world.devices:
        device.switch_on()
    for draft in islice(drafts(EVERYONE), count):
        world.publish(draft)
        world.timeline.run_until(world.timeline.now + 20)
    world.come_to_rest()
    return world


@pytest.mark.parametrize("name", ["lan", "edge", "worst"])
def test_everything_arrives_everywhere_once(name: str) -> None:
    world = run(name, 1)
    assert len(world.published_at) == 12
    assert len(world.stored_at) == 24
    assert all(at >= world.published_at[key] for (_, key), at in world.stored_at.items())


def test_the_same_seed_is_the_same_run_and_another_is_another() -> None:
    traces = [hashlib.sha256(run("edge", seed).trace.text().encode()).hexdigest() for seed in (7, 7, 8)]
    assert traces[0] == traces[1] != traces[2]


def test_a_quiet_day_is_one_connection_and_two_small_segments_a_quarter_of_an_hour() -> None:
    world = TimedWorld(Setting(link(rtt_ms=600)), 1)
    device = world.devices[0]
    device.switch_on()
    world.timeline.run_until(86_400)
    assert device.connections == 1
    pings = 86_400 / (limits.KEEPALIVE_SECONDS_MAX + 0.6)
    assert device.path.up_bytes / pings == pytest.approx(2 * 60, rel=0.2), (
        "a ping and an ACK, a few more in the first hour"
    )


def test_who_was_away_gets_what_is_in_force_and_who_moved_what_is_for_them_now() -> None:
    world = TimedWorld(Setting(link(rtt_ms=300), devices=2), 1)
    near, far = Audience(areas=("KE-1",)), Audience(areas=("UG-1",))
    for draft in (*islice(drafts(near), 3), *islice(drafts(far), 3, 6)):
        world.publish(draft)
        world.timeline.run_until(world.timeline.now + 1)
    for device in world.devices:
        device.switch_on()
    world.timeline.run_until(60)
    assert len(world.stored_at) == 6
    world.move(Reader("d1", ("UG-1",)))
    world.timeline.run_until(120)
    world.come_to_rest()
    assert len(world.stored_at) == 9


def test_a_bug_that_forgets_alerts_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    canary.plant(monkeypatch)
    with pytest.raises(ViolationError):
        run("lan", 1)
