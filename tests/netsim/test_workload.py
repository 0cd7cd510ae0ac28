"""Loading the samples, and moving their times to now."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from alerts.audience import Audience
from alerts.cap import times
from netsim.workload import WRITTEN_AT, Sample, load_areas, load_samples, rebase

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
NOW = 2_000_000_123
TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
each_sample = pytest.mark.parametrize("sample", load_samples(), ids=lambda sample: sample.name)


def _moments(xml: bytes) -> list[times.CapTime]:
    return [times.parse(found.decode()) for found in TIME.findall(xml)]


def _sample(name: str) -> Sample:
    (sample,) = (sample for sample in load_samples() if sample.name == name)
    return sample


def test_audiences_are_read_in_every_form() -> None:
    assert _sample("001-cholera-nairobi.xml").audience == Audience(areas=("KE-047",))
    assert _sample("023-channel-test.xml").audience == Audience(everyone=True)
    assert len(_sample("024-supervisor-private.xml").audience.devices) == 2
    assert _sample("002-fridge-excursion-nyota.xml").audience.roles == ("cold-chain", "supervisor")


def test_areas_have_names() -> None:
    assert load_areas()["KE-047"] == "Nairobi City"


@each_sample
def test_rebase_moves_every_time_alike_and_keeps_offsets(sample: Sample) -> None:
    before, after = _moments(sample.xml), _moments(rebase(sample.xml, NOW))
    assert {new.seconds - old.seconds for old, new in zip(before, after, strict=True)} == {NOW - WRITTEN_AT}
    assert [new.offset_minutes for new in after] == [old.offset_minutes for old in before]


@each_sample
def test_rebase_changes_nothing_but_times(sample: Sample) -> None:
    def without_times(xml: bytes) -> bytes:
        return TIME.sub(b"TIME", etree.tostring(etree.fromstring(xml), method="c14n"))

    assert without_times(rebase(sample.xml, NOW)) == without_times(sample.xml)


def test_rebased_references_name_the_rebased_sent() -> None:
    sent: set[str] = set()
    for sample in load_samples():
        alert = etree.fromstring(rebase(sample.xml, NOW))
        assert set((alert.findtext(f"{CAP}references") or "").split()) <= sent
        sent.add(",".join(alert.findtext(CAP + part) or "" for part in ("sender", "identifier", "sent")))


def test_utc_stays_written_as_cap_writes_it() -> None:
    assert b"-00:00</sent>" in rebase(_sample("023-channel-test.xml").xml, NOW)


def test_a_file_from_elsewhere_comes_out_sent_now() -> None:
    xml = b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.1"><sent>2011-05-01T10:00:00+02:00</sent></alert>'
    sent = times.parse("2011-05-01T10:00:00+02:00").seconds
    (moved,) = _moments(rebase(xml, NOW, written_at=sent))
    assert moved == times.CapTime(NOW, 120)


def test_what_is_no_time_is_named() -> None:
    xml = b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><sent>yesterday</sent></alert>'
    with pytest.raises(ValueError, match="yesterday"):
        rebase(xml, NOW)


def test_a_year_that_cap_cannot_write_is_refused() -> None:
    with pytest.raises(ValueError, match="9999"):
        rebase(load_samples()[0].xml, 400_000_000_000)
