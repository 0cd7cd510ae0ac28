"""A client that stops reading: it costs the hub bounded memory, and nobody else anything."""

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
GROWTH_BYTES_MAX = 30 * 1024 * 1024
"""Caches and the like; what is not read is kept in the database, not here."""


def test_what_is_not_read_costs_no_memory_and_comes_later(story: Story) -> None:
    fault = SlowReader(after_bytes=2000)
    story.begin(fault)
    story.target.connect_now()
    until_connected(story.target)
    before = _memory_bytes(story.site.hub.pid)
    for _ in range(ALERTS):
        key = story.publish(note=NOTE, severity="Minor")
    until_has(story.other, key)
    assert _memory_bytes(story.site.hub.pid) - before < GROWTH_BYTES_MAX
    story.end(fault)
    story.ends_well()


def _memory_bytes(pid: int | None) -> int:
    """Resident memory of a process (proc(5))."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) * 1024


def test_a_device_whose_system_stops_reading_believes_the_link_dead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meets(tmp_path, monkeypatch, SlowReader(after_bytes=170), Trouble.SILENT, "nothing was heard for too long")
