"""What is published: samples as if written now, and files that somebody adds."""

from __future__ import annotations

import time
from pathlib import Path
from typing import cast

import pytest

from alerts.audience import Audience
from alerts.cap.from_xml import from_xml
from netsim.demo.cast import CAST
from netsim.demo.device import Device
from netsim.demo.programme import UnreadableError, added, samples
from netsim.workload import load_samples, sample_folder


class _Holder:
    """As much of a device as a programme looks at."""

    def __init__(self, index: int) -> None:
        self.device = f"device-{index}"
        self.person = CAST[index]


DEVICES = [cast(Device, _Holder(index)) for index in range(len(CAST))]


def test_private_samples_are_for_the_first_device_and_all_are_in_order() -> None:
    items = samples(DEVICES, None)
    assert [item.name for item in items] == [sample.name for sample in load_samples()]
    (private,) = [item for item in items if item.audience.devices]
    assert private.audience == Audience(devices=("device-0",))
    assert len(samples(DEVICES, 4)) == 4


@pytest.mark.parametrize(
    ("scope", "audience"),
    [
        ("Public", Audience(everyone=True)),
        ("Private", Audience(devices=("device-0", "device-1", "device-2"))),
        ("Restricted", Audience(areas=tuple(area for person in CAST for area in person.areas))),
    ],
)
def test_a_file_is_sent_now_and_addressed_as_its_scope_asks(scope: str, audience: Audience, tmp_path: Path) -> None:
    text = (sample_folder() / "024-supervisor-private.xml").read_text(encoding="utf-8")
    file = tmp_path / "own.xml"
    rest = "<restriction>for staff</restriction>" if scope == "Restricted" else ""
    file.write_text(text.replace("<scope>Private</scope>", f"<scope>{scope}</scope>{rest}"), encoding="utf-8")
    before = int(time.time())
    item = added(file, DEVICES)
    assert item.audience == audience
    assert item.headline == "Please call about the fridge log of Nyota"
    assert before <= from_xml(item.xml).alert.sent.seconds <= int(time.time())


@pytest.mark.parametrize(
    "text", ["", "no XML", "<alert/>", "<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'><sent>x</sent></alert>"]
)
def test_what_is_no_cap_is_refused_in_words(text: str, tmp_path: Path) -> None:
    file = tmp_path / "own.xml"
    file.write_text(text)
    with pytest.raises(UnreadableError, match="no CAP in XML with a time in <sent>"):
        added(file, DEVICES)
    with pytest.raises(UnreadableError, match="cannot be read"):
        added(tmp_path, DEVICES)
