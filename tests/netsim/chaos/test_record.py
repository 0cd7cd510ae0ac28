"""What is recorded is read back, also while it is still being written."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from netsim.chaos import record
from netsim.chaos.record import Recorder, read_record


def test_everything_comes_back(tmp_path: Path) -> None:
    file = tmp_path / record.FILE
    recorder = Recorder(file)
    recorder.meta(profile="gprs", devices=["amina"])
    recorder.meta(profile="edge")
    sample = record.Sample(1.0, "amina", 3, 4, "CONNECTED", "open")
    hub = record.HubRow(1.0, "up")
    recorder.sampled([sample], hub)
    traffic = record.TrafficRow(1.0, "amina", 1, 10, 20)
    recorder.traffic([traffic])
    recorder.kinds(1.0, "amina", {"up stored": 5, "down alerts": 9})
    lasting = recorder.fault_began("cut", "amina", "no coverage", 2.0)
    recorder.fault_began("kill", "hub", "kill -9", 3.0)
    recorder.fault_ended(lasting, 4.0)
    act = record.ActRow(1.5, "publish", "", "an alert", "done")
    recorder.act(act)
    published = record.PublishedRow("a,1", 7, "Extreme", 1, 1.5)
    recorder.published(published)
    delivery = record.DeliveryRow("amina", "a,1", 7, 1.5, 1.9)
    assert read_record(file).published == (published,)
    recorder.deliveries([delivery])
    recorder.findings([record.FindingRow("excused", "amina", "a,2")])
    recorder.close()
    found = read_record(file)
    assert found.meta == {"profile": "edge", "devices": ["amina"]}
    assert (found.samples, found.hub, found.traffic) == ((sample,), (hub,), (traffic,))
    assert [(row.kind, row.bytes) for row in found.kinds] == [("down alerts", 9), ("up stored", 5)]
    assert [(fault.name, fault.began_s, fault.ended_s) for fault in found.faults] == [
        ("cut", 2.0, 4.0),
        ("kill", 3.0, None),
    ]
    assert (found.acts, found.deliveries) == ((act,), (delivery,))
    assert found.findings == (record.FindingRow("excused", "amina", "a,2"),)


def test_another_file_is_no_record(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("no database at all, but long enough to look like something else entirely" * 20)
    with pytest.raises(sqlite3.Error):
        read_record(tmp_path / "x")
