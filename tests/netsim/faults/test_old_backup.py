"""A store is put back from an old copy; what it forgot is known elsewhere."""

from __future__ import annotations

import pytest

from netsim.faults.old_backup import DeviceRestored, HubRestored
from tests.netsim.faults.story import Story
from tests.support.waiting import wait_until

pytestmark = pytest.mark.xdist_group("faults")


def test_what_a_restored_hub_lost_stays_with_the_devices_marked(story: Story) -> None:
    fault = HubRestored()
    story.begin(fault)
    lost = story.publish()
    story.until_all_have(lost)
    story.end(fault)
    assert story.site.hub.restored[-1].replaced.is_file()
    story.keys.remove(lost)
    story.ends_well()
    wait_until(lambda: story.inbox(story.target)[lost].is_unconfirmed, "the device was told that the hub lost it")
    assert story.inbox(story.target)[lost].is_in_force


def test_a_restored_device_has_everything_again(story: Story) -> None:
    fault = DeviceRestored()
    story.begin(fault)
    again = story.publish()
    story.until_all_have(again)
    life = story.target.store_life
    story.end(fault)
    assert story.target.store_life == life + 1
    wait_until(lambda: again in story.inbox(story.target), "what came after the backup is there again")
    story.keys.remove(again)
    story.ends_well()
    lives = [one.store_life for one in story.target.ledger.arrivals() if one.key == again]
    assert lives == [life, life + 1], "once in each of its stores"
