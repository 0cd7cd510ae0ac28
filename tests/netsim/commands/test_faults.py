"""The list of faults."""

from __future__ import annotations

import json

import pytest

from netsim.commands.faults import faults
from netsim.faults.table import FAULTS


def test_each_is_listed_once_under_where_it_can_be_used(capsys: pytest.CaptureFixture[str]) -> None:
    faults()
    before, _, after = capsys.readouterr().out.partition("Of a hub and its devices")
    for name, kind in FAULTS.items():
        assert sum(line.split()[:1] == [name] and kind.summary in line for line in (before + after).splitlines()) == 1
    assert "captive-portal" in before
    assert "hub-kill" in after


def test_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    faults(json=True)
    listed = {one["name"]: one for one in json.loads(capsys.readouterr().out)}
    assert set(listed) == set(FAULTS)
    assert listed["cut"] == {
        "name": "cut",
        "summary": FAULTS["cut"].summary,
        "needs": ["a link in front of a device or service"],
        "any_service": True,
    }
    assert not listed["hub-kill"]["any_service"]
