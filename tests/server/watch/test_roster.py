"""Devices and their places."""

from __future__ import annotations

from dataclasses import replace

from server.watch.roster import DeviceTraits, Roster

ONE = DeviceTraits("d-1", "One", ("KE",), ("nurse",), None, None)
TWO = DeviceTraits("d-2", "Two", (), (), None, None)


def test_a_place_stays_a_device_s_own() -> None:
    roster = Roster([ONE, TWO])
    moved = replace(ONE, areas=("UG",))
    assert roster.put([moved, TWO, DeviceTraits("d-0", "", (), (), None, None)]) == [0, 2]
    assert (roster.place_of("d-1"), roster.place_of("d-2"), roster.place_of("d-9")) == (0, 1, None)
    assert roster.readers[0].areas == ("UG",) and len(roster) == 3
