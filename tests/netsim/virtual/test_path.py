"""The link of a device: the line of the packet path, a NAT that forgets, and faults."""

from __future__ import annotations

import random

import pytest

from netsim.profiles.profile import Nat, Profile, Way
from netsim.virtual.clock import VirtualClock
from netsim.virtual.path import Direction, Path
from netsim.virtual.tcp.segment import Segment
from netsim.virtual.timeline import Timeline

SYN = Segment(7, is_syn=True)
DATA = Segment(7, 1, b"x" * 948, acknowledges=1)
"""1000 bytes on the link."""


class Site:
    def __init__(self, profile: Profile) -> None:
        self.timeline = Timeline(VirtualClock())
        self.at_hub: list[tuple[float, Segment]] = []
        self.at_device: list[tuple[float, Segment]] = []
        self.path = Path(
            *(self.timeline, profile, random.Random(1)),
            lambda segment: self.at_hub.append((self.timeline.now, segment)),
            lambda segment: self.at_device.append((self.timeline.now, segment)),
        )

    def wait(self, seconds: float) -> None:
        self.timeline.run_until(self.timeline.now + seconds)


def profile(**more: object) -> Profile:
    way = Way(delay_ms=100, rate_bit_s=80_000)
    return Profile(name="t", title="t", up=way, down=way, **more)  # type: ignore[arg-type]


def test_a_segment_takes_its_bits_and_the_delay_and_is_counted_at_the_device() -> None:
    site = Site(profile())
    site.path.up(DATA)
    site.path.down(DATA)
    site.path.down(DATA)
    site.wait(0.25)
    assert [round(at, 9) for at, _ in site.at_hub] == [0.2]
    assert len(site.at_device) == 1
    assert (site.path.up_bytes, site.path.down_bytes) == (1000, 1000)
    site.wait(0.1)
    assert site.path.down_bytes == 2000


@pytest.mark.parametrize("forgets", ["drop", "reset"])
def test_a_nat_forgets_who_is_silent(forgets: str) -> None:
    site = Site(profile(nat=Nat(idle_s=60.0, forgets=forgets)))  # type: ignore[arg-type]
    site.path.up(SYN)
    site.wait(50)
    site.path.down(DATA)
    site.wait(50)
    assert len(site.at_device) == 1
    site.wait(20)
    site.path.up(DATA)
    site.path.down(DATA)
    site.wait(5)
    assert [segment.is_rst for _, segment in site.at_hub[1:]] == [], "what comes from the hub is dropped either way"
    assert [segment.is_rst for _, segment in site.at_device[1:]] == [True] * (forgets == "reset")


def test_what_a_nat_has_forgotten_stays_forgotten() -> None:
    site = Site(profile(nat=Nat(idle_s=60.0, forgets="drop")))
    site.path.up(SYN)
    site.wait(70)
    for _ in range(3):
        site.path.up(DATA)
        site.wait(5)
    assert len(site.at_hub) == 1


def test_a_cut_swallows_and_heals() -> None:
    site = Site(profile())
    site.path.cut(frozenset({Direction.UP}))
    site.path.up(DATA)
    site.path.down(DATA)
    site.wait(5)
    assert (len(site.at_hub), len(site.at_device)) == (0, 1)
    site.path.heal()
    site.path.up(DATA)
    site.wait(5)
    assert len(site.at_hub) == 1


def test_what_is_stalled_comes_later() -> None:
    site = Site(profile())
    site.path.stall()
    site.path.up(DATA)
    site.wait(30)
    assert site.at_hub == []
    site.path.heal()
    site.wait(5)
    assert [round(at, 6) for at, _ in site.at_hub] == [30.2]


def test_a_connection_can_be_half_open_while_others_work() -> None:
    site = Site(profile())
    site.path.kill_connection(7)
    site.path.up(DATA)
    site.path.up(Segment(8, is_syn=True))
    site.path.heal()
    site.wait(5)
    assert [segment.connection for _, segment in site.at_hub] == [8]


def test_a_reset_reaches_both_ends_at_once() -> None:
    site = Site(profile())
    site.path.reset(7)
    assert [segment.is_rst for _, segment in (*site.at_hub, *site.at_device)] == [True, True]


def test_made_perfect_nothing_of_the_profile_is_left() -> None:
    site = Site(profile(nat=Nat(idle_s=60.0, forgets="drop")))
    site.path.cut()
    site.path.make_perfect()
    site.path.up(DATA)
    site.path.down(DATA)
    site.wait(0)
    assert len(site.at_hub) == len(site.at_device) == 1
