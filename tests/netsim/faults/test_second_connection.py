"""A second connection that listens and never answers."""

from __future__ import annotations

import pytest

from netsim.faults.second_connection import DuplicatedConnection
from tests.netsim.faults.story import Story

pytestmark = pytest.mark.xdist_group("faults")


def test_the_first_goes_on_and_the_second_does_no_harm(story: Story) -> None:
    fault = DuplicatedConnection()
    connections = story.target.link.traffic().connections
    story.begin(fault)
    fault.until_connected()
    assert story.target.link.traffic().connections == connections + 1
    story.until_all_have(story.publish())
    story.acknowledges()
    story.end(fault)
    story.ends_well()
