"""What a device's process wrote before it died is there, whole lines only."""

from __future__ import annotations

from pathlib import Path

from netsim.site.ledger import Acknowledgement, Alarm, Arrival, DeviceLedger, LedgerWriter


def test_lines_come_back_as_they_were_written(tmp_path: Path) -> None:
    ledger = DeviceLedger(tmp_path / "ledger")
    assert (ledger.arrivals(), ledger.alarms(), ledger.acknowledgements()) == ([], [], [])
    first, second = LedgerWriter(ledger.folder, 1, 1), LedgerWriter(ledger.folder, 2, 5)
    first.arrived("a,1", 7, 10.5)
    first.alarmed(1, ["a,1", "a,2"], 11.0)
    second.alarmed(1, ["a,1"], 12.0)
    second.acknowledged("a,1", 13.0)
    assert ledger.arrivals() == [Arrival(1, 1, "a,1", 7, 10.5)]
    assert ledger.alarms() == [Alarm(1, 1, 1, "a,1", 11.0), Alarm(1, 1, 1, "a,2", 11.0), Alarm(2, 5, 1, "a,1", 12.0)]
    assert ledger.acknowledgements() == [Acknowledgement(2, 5, "a,1", 13.0)]


def test_a_line_that_a_kill_cut_short_is_passed_over(tmp_path: Path) -> None:
    ledger = DeviceLedger(tmp_path)
    LedgerWriter(tmp_path, 1, 1).arrived("a,1", 7, 10.5)
    with (tmp_path / "arrived").open("a") as file:
        file.write('[1, 1, "a,2", 8, ')
    assert [arrival.key for arrival in ledger.arrivals()] == ["a,1"]
