"""Nothing moves, and then everything does."""

from __future__ import annotations

from pathlib import Path

import pytest

from client import Trouble
from netsim.faults.stall import Stall
from tests.netsim.faults.short import meets
from tests.netsim.faults.story import Story
from tests.netsim.site.publishing import has, until_has

pytestmark = pytest.mark.xdist_group("faults")


def test_what_was_held_back_arrives(story: Story) -> None:
    fault = Stall()
    story.begin(fault)
    key = story.publish()
    until_has(story.other, key)
    assert not has(story.target, key)
    connections = story.target.link.traffic().connections
    fault.end(story.site, story.target)
    until_has(story.target, key)
    assert story.target.link.traffic().connections == connections, "over the same connection"
    story.ends_well()


def test_a_stall_that_lasts_is_a_dead_link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meets(tmp_path, monkeypatch, Stall(), Trouble.SILENT, "nothing was heard for too long")
