"""A reset breaks what is open, and nothing else."""

from __future__ import annotations

import pytest

from netsim.faults.reset import Reset
from tests.netsim.faults.story import Story

pytestmark = pytest.mark.xdist_group("faults")


def test_a_broken_connection_is_made_again(story: Story) -> None:
    fault = Reset()
    story.begin(fault)
    assert "broke" in story.until_trouble("BROKEN")
    story.publish()
    story.end(fault)
    story.ends_well()
