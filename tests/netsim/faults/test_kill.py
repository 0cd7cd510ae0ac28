"""Kill -9 of either side."""

from __future__ import annotations

import pytest

from netsim.faults.kill import DeviceKill, HubKill
from tests.netsim.faults.story import Story

pytestmark = pytest.mark.xdist_group("faults")


def test_a_killed_hub_is_out_of_reach_and_comes_back(story: Story) -> None:
    fault = HubKill()
    story.begin(fault)
    assert not story.site.hub.is_running
    story.until_trouble("BROKEN", "UNREACHABLE")
    story.end(fault)
    story.ends_well()


def test_a_killed_device_has_everything_when_it_is_on_again(story: Story) -> None:
    fault = DeviceKill()
    story.begin(fault)
    assert story.target.connection == "OFF"
    story.publish()
    story.end(fault)
    story.ends_well()
