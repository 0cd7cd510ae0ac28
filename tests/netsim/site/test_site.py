"""A site as a whole: everybody gets what is published, and a clone is a second phone of the same device."""

from __future__ import annotations

import pytest

from netsim.profiles.profile import Profile, Way
from netsim.site.site import Site, people
from tests.netsim.site.publishing import publish, until_connected, until_has

pytestmark = pytest.mark.xdist_group("site")


def test_people_are_always_the_same_and_never_two_of_a_name() -> None:
    staff = people(20)
    assert len({person.name for person in staff}) == 20
    assert people(20) == staff


def test_an_alert_reaches_everybody_through_a_slow_link_and_a_cut(running: Site) -> None:
    running.apply(Profile(name="slow", title="Slow", up=Way(delay_ms=20), down=Way(delay_ms=20, queue_bytes=None)), 1)
    assert running.unreproduced == ()
    running.devices[0].link.cut()
    key = publish(running, "through-a-cut")
    until_has(running.devices[1], key)
    running.heal()
    until_has(running.devices[0], key)
    assert running.devices[0].link.traffic().connections >= 1


def test_a_clone_has_what_its_original_had_and_gets_the_rest(running: Site) -> None:
    original = running.devices[1]
    clone = running.clone(original)
    assert (clone.device, clone.link) == (original.device, original.link)
    until_connected(clone)
    until_has(clone, publish(running, "for-both-phones"))
