"""What the targets begin from."""

from __future__ import annotations

from alerts.wire.frames import Frame
from alerts.wire.items import decode_item
from netsim.fuzz.targets import samples


def test_there_is_a_frame_of_every_kind() -> None:
    kinds = {kind.__name__ for kind in Frame.__subclasses__()} - {"Unknown"}
    assert {type(frame).__name__ for frame in samples.frames()} == kinds


def test_there_is_an_item_of_every_form() -> None:
    assert {raw[1] for raw in samples.items()} == {1, 2, 3}
    for raw in samples.items():
        decode_item(raw, samples.EPOCH, 1)


def test_samples_are_alerts() -> None:
    assert len(samples.alerts()) == len(samples.files()) > 40
