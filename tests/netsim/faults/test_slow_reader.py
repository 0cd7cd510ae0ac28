"""A client that stops reading costs nobody else anything, and gets everything later.

What the hub has under way for it is counted, byte by byte, in tests/journeys/test_bad_input.py: the resident memory of a hub
that fills its caches says nothing about one connection.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from client import Trouble
from netsim.faults.slow_reader import SlowReader
from tests.netsim.faults.short import meets
from tests.netsim.faults.story import Story
from tests.netsim.site.publishing import until_connected, until_has

pytestmark = pytest.mark.xdist_group("faults")

ALERTS = 40
NOTE = random.Random(1).randbytes(100_000).hex()


def test_what_is_not_read_holds_nobody_up_and_comes_later(story: Story) -> None:
    fault = SlowReader(after_bytes=2000)
    story.begin(fault)
    story.target.connect_now()
    until_connected(story.target)
    for _ in range(ALERTS):
        key = story.publish(note=NOTE, severity="Minor")
    until_has(story.other, key)
    assert key not in story.inbox(story.target)
    story.end(fault)
    story.ends_well()


def test_a_device_whose_system_stops_reading_believes_the_link_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meets(tmp_path, monkeypatch, SlowReader(after_bytes=170), Trouble.SILENT, "nothing was heard for too long")
