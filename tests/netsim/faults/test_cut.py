"""The link is cut, and comes back."""

from __future__ import annotations

import pytest

from netsim.faults.cut import Cut
from tests.netsim.faults.story import Story

pytestmark = pytest.mark.xdist_group("faults")


def test_who_is_cut_off_says_so_and_gets_everything_later(story: Story) -> None:
    fault = Cut()
    story.begin(fault)
    assert "cannot be reached" in story.until_trouble("UNREACHABLE")
    story.publish()
    story.end(fault)
    story.ends_well()
