"""A proxy holds back what the hub says."""

from __future__ import annotations

from pathlib import Path

import pytest

from client import Trouble
from netsim.faults.buffering_proxy import BufferingProxy
from tests.netsim.faults.short import meets
from tests.netsim.faults.story import Story
from tests.netsim.site.publishing import has, until_connected, until_has

pytestmark = pytest.mark.xdist_group("faults")


def test_for_a_moment_it_only_delays(story: Story) -> None:
    fault = BufferingProxy(hold_s=0.3)
    story.begin(fault)
    story.target.connect_now()
    until_connected(story.target)
    story.until_all_have(story.publish())
    story.end(fault)
    story.ends_well()


def test_until_an_answer_is_whole_there_is_no_connection(story: Story) -> None:
    fault = BufferingProxy(hold_s=None)
    story.begin(fault)
    story.until_trouble("BROKEN")
    story.target.connect_now()
    key = story.publish()
    until_has(story.other, key)
    assert not has(story.target, key)
    assert story.target.connection != "CONNECTED"
    story.end(fault)
    story.ends_well()


def test_a_proxy_that_never_passes_the_answer_on_is_a_hub_that_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meets(tmp_path, monkeypatch, BufferingProxy(hold_s=None), Trouble.NO_ANSWER, "did not answer in time")
