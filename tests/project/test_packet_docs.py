"""What docs/packet.md and the calibration's part of docs/bench.md leave out fails."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from netsim.bench.calibrate import Comparison, Figure, Speed
from netsim.packet.field import Field
from netsim.profiles.profile import Profile, Way

DOCS = Path(__file__).resolve().parents[2] / "docs"
PACKET = (DOCS / "packet.md").read_text(encoding="utf-8")
CALIBRATE = (DOCS / "bench.md").read_text(encoding="utf-8").partition("\n## calibrate\n")[2]


def test_every_figure_of_a_way_and_every_part_of_a_profile_is_described() -> None:
    parts = {*Way.model_fields, *Profile.model_fields} - {"name", "title", "about", "up", "down", "sources"}
    assert [part for part in sorted(parts) if f"`{part}`" not in PACKET] == []


def test_everything_that_can_be_done_to_a_link_is_described() -> None:
    faults = ("cut", "heal", "stall", "black_hole", "reset")
    assert all(hasattr(Field, fault) for fault in faults)
    assert [fault for fault in faults if f"`{fault}`" not in PACKET] == []


def test_every_field_of_a_calibration_is_described() -> None:
    names = {field.name for kind in (Figure, Comparison, Speed) for field in fields(kind)}
    assert [name for name in sorted(names) if f"`{name}`" not in CALIBRATE] == []
