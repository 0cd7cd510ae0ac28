"""Moved while offline."""

from __future__ import annotations

import pytest

from netsim.faults.device_moved import DeviceMoved
from netsim.faults.fault import CannotError
from netsim.faults.kill import HubKill
from server.hub import Role
from tests.netsim.faults.story import Story
from tests.netsim.site.publishing import until_has
from tests.support.site import warning
from tests.support.waiting import wait_until

pytestmark = pytest.mark.xdist_group("faults")


def test_a_moved_device_gets_what_is_for_its_new_district(story: Story) -> None:
    fault = DeviceMoved("YE-AD")
    story.begin(fault)
    assert fault.words.endswith("to YE-AD")
    story.until_trouble("UNREACHABLE")
    body = {"alert": warning("for-aden"), "audience": {"areas": ["YE-AD"]}}
    story.site.hub.said("POST", "/v1/alerts", 201, role=Role.AUTHOR, body=body)
    story.end(fault)
    until_has(story.target, "moh.example,for-aden")
    story.ends_well()
    home = {"areas": list(story.target.person.areas)}
    story.site.hub.said("PATCH", f"/v1/devices/{story.target.device}", 200, body=home)
    wait_until(lambda: not story.inbox(story.target)["moh.example,for-aden"].is_in_force, "it is home again")


def test_where_nobody_can_move_it_nothing_has_happened(story: Story) -> None:
    dead = HubKill()
    story.begin(dead)
    with pytest.raises(CannotError):
        story.begin(DeviceMoved("YE-AD"))
    assert story.target.link.state == "open"
    story.end(dead)
    story.ends_well()
