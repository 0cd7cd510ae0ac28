"""A device of a site as a front."""

from __future__ import annotations

import pytest

from netsim.faults.expired_certificate import ExpiredCertificate
from netsim.faults.fault import CannotError
from netsim.faults.site_front import SiteFront
from tests.netsim.faults.story import Story

pytestmark = pytest.mark.xdist_group("faults")


def test_what_is_put_in_front_outlives_the_hub_s_restart(story: Story) -> None:
    front = SiteFront(story.site, story.target)
    front.put_in_front("buffering-proxy", 1, hold_s=0.05)
    story.site.hub.kill()
    story.site.hub.start()
    story.target.connect_now()
    story.other.connect_now()
    connections = story.target.link.traffic().connections
    story.until_all_have(story.publish())
    assert story.target.link.traffic().connections >= connections
    front.take_away()
    front.take_away()
    story.site.heal()
    story.ends_well()


def test_without_tls_nothing_can_expire(story: Story) -> None:
    with pytest.raises(CannotError, match="without TLS"):
        story.begin(ExpiredCertificate())
    story.ends_well()
