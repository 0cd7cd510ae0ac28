"""The plots: well-formed, the same for the same record, apart from each other."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from alerts.errors import UserError
from netsim.chaos.record import KindRow, Record
from netsim.report import plots
from tests.support.campaign_record import CLEAN, DEVICES, write_campaign


@pytest.fixture
def record(tmp_path: Path) -> Record:
    return write_campaign(tmp_path, CLEAN)


def _texts(svg: str) -> list[str]:
    return [
        " ".join("".join(map(str, element.itertext())).split()) for element in etree.fromstring(svg).iter("{*}text")
    ]


def test_the_course_names_everybody_and_everything(record: Record) -> None:
    texts = _texts(plots.course(record))
    assert {*DEVICES, "hub", "kill-hub", "cut", "stall", "clock-jump", "minutes", "down alerts"} <= set(texts)


def test_delivery_times_say_of_how_many(record: Record) -> None:
    assert {f"{name} (12)" for name in DEVICES} <= set(_texts(plots.delivery_times(record)))


def test_the_same_record_gives_the_same_bytes(record: Record) -> None:
    assert plots.course(record) == plots.course(record)


def test_identifiers_of_two_plots_do_not_meet_and_references_lead_somewhere(record: Record) -> None:
    ids = []
    for svg in (plots.course(record), plots.delivery_times(record)):
        own = re.findall(r'id="([^"]+)"', svg)
        used = re.findall(r'(?:url\(#|href="#)([^")]+)', svg)
        assert set(used) <= set(own)
        ids += own
    assert len(ids) == len(set(ids))


def test_a_campaign_in_which_nothing_happened_has_plots_too(record: Record) -> None:
    empty = replace(record, samples=(), traffic=(), kinds=(), hub=(), faults=(), acts=(), deliveries=())
    for svg in (plots.course(empty), plots.delivery_times(empty)):
        etree.fromstring(svg)


def test_many_small_kinds_are_shown_together(record: Record) -> None:
    many = tuple(
        KindRow(at, "amina", f"down kind-{index}", 1000 * index) for at in (0.0, 5.0) for index in range(1, 12)
    )
    texts = _texts(plots.course(replace(record, kinds=many)))
    assert {text for text in texts if "kind-" in text or text == plots.OTHER_KINDS} == {
        *(f"down kind-{index}" for index in range(6, 12)),
        plots.OTHER_KINDS,
    }


def test_without_kinds_bytes_are_up_and_down(record: Record) -> None:
    texts = _texts(plots.course(replace(record, kinds=())))
    assert {"up", "down"} <= set(texts)


def test_without_matplotlib_the_way_to_it_is_told(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    with pytest.raises(UserError, match="needs matplotlib") as refused:
        plots.course(record)
    assert "tocsin[netsim]" in refused.value.hint
