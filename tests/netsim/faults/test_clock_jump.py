"""Clocks that are set wrong, on either side."""

from __future__ import annotations

import random
import time

import pytest

from netsim.faults.clock_jump import STEPS_S, DeviceClockJump, HubClockJump
from tests.netsim.faults.story import Story
from tests.support.waiting import wait_until

pytestmark = pytest.mark.xdist_group("faults")

NOW = 1_800_000_000.0  # 2027-01-15


def test_a_year_is_reached_from_where_the_clock_is() -> None:
    for year, seconds in ((1970, 3600.0), (2031, 1_924_992_000.0 + 3600)):
        jump = HubClockJump(to_year=year, wall=lambda: NOW)
        assert NOW + jump.offset_s(random.Random(1)) == seconds
        assert jump.words.endswith(f": to {year}")


def test_without_a_year_it_is_drawn_from_the_seed() -> None:
    def drawn(seed: int) -> list[str]:
        chance = random.Random(seed)
        jumps = [HubClockJump(wall=lambda: NOW) for _ in range(30)]
        for jump in jumps:
            jump.offset_s(chance)
        return [jump.words.rpartition(": ")[2] for jump in jumps]

    assert drawn(1) == drawn(1)
    assert set(drawn(1)) == {"to 1970", "to 2031", *(f"by {step:+g} s" for step in STEPS_S)}


@pytest.mark.parametrize("year", [1970, 2031])
def test_a_hub_in_another_year_goes_on(story: Story, year: int) -> None:
    fault = HubClockJump(to_year=year)
    story.begin(fault)
    assert time.gmtime(story.site.hub.now()).tm_year == year
    words = story.until_trouble("HUB_LEFT")
    assert "clock was set" in words
    story.target.connect_now()
    story.other.connect_now()
    story.until_all_have(story.publish())
    story.end(fault)
    _until_hub_has_noticed(story)
    story.ends_well()


def _until_hub_has_noticed(story: Story) -> None:
    def noticed() -> int:
        return story.site.hub.log.read_text().count("the clock was set")

    wait_until(lambda: noticed() % 2 == 0, "the hub has noticed that its clock is right again")


@pytest.mark.parametrize("year", [1970, 2031])
def test_a_device_in_another_year_hides_nothing(story: Story, year: int) -> None:
    fault = DeviceClockJump(to_year=year)
    story.begin(fault)
    story.until_all_have(story.publish())
    story.acknowledges()
    story.end(fault)
    story.ends_well()
