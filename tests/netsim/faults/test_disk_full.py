"""No room left, on either side."""

from __future__ import annotations

import pytest

from netsim.faults.disk_full import DeviceDiskFull, HubDiskFull
from netsim.faults.fault import CannotError
from netsim.faults.kill import DeviceKill
from server.hub import Role
from tests.netsim.faults.story import Story
from tests.support.site import warning
from tests.support.waiting import wait_until

pytestmark = pytest.mark.xdist_group("faults")


def test_a_hub_without_room_refuses_in_words_and_takes_it_later(story: Story) -> None:
    fault = HubDiskFull()
    story.begin(fault)
    assert fault.words.endswith("(EFBIG)")
    body = {"alert": warning("refused-while-full"), "audience": {"everyone": True}}
    answer = story.site.hub.ask("POST", "/v1/alerts", role=Role.AUTHOR, body=body)
    assert answer.status in (503, 507)
    assert "disk" in answer.body["detail"]
    assert story.site.hub.ask("GET", "/v1/alerts").status == 200
    story.end(fault)
    story.ends_well()


def test_a_device_without_room_says_so_and_has_everything_later(story: Story) -> None:
    fault = DeviceDiskFull()
    story.begin(fault)
    story.publish()
    assert "the store on this device cannot be written" in story.until_trouble("STORE")
    story.target.acknowledge()
    assert "disk" in _failure(story)
    story.end(fault)
    story.ends_well()


def _failure(story: Story) -> str:
    child = story.target._child
    assert child is not None
    wait_until(lambda: child.last("failed"), "the person is told that it could not be kept")
    return str(child.all("failed")[-1]["words"])


def test_a_process_that_does_not_run_cannot_be_limited(story: Story) -> None:
    off = DeviceKill()
    story.begin(off)
    with pytest.raises(CannotError, match="does not run"):
        story.begin(DeviceDiskFull())
    story.end(off)
    story.ends_well()
