"""The table of kinds."""

from __future__ import annotations

from netsim.middleboxes.kinds import KINDS


def test_each_kind_stands_under_its_own_name_and_says_what_it_does() -> None:
    assert all(kind.name == name and kind.summary for name, kind in KINDS.items())
