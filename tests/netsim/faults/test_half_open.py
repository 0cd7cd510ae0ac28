"""The peer is gone without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from client import Trouble
from netsim.faults.half_open import HalfOpen
from tests.netsim.faults.short import meets
from tests.netsim.faults.story import Story
from tests.netsim.site.publishing import has, until_has

pytestmark = pytest.mark.xdist_group("faults")


def test_what_is_swallowed_is_had_afterwards(story: Story) -> None:
    fault = HalfOpen()
    story.begin(fault)
    key = story.publish()
    until_has(story.other, key)
    assert story.target.connection == "CONNECTED", "nothing tells it better but silence"
    assert not has(story.target, key)
    story.end(fault)
    story.ends_well()


def test_only_silence_tells_the_device(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meets(tmp_path, monkeypatch, HalfOpen(), Trouble.SILENT, "nothing was heard for too long")
