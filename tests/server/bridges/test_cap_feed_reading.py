"""Feeds of every kind that there are samples of, and those that are none."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.cap.from_xml import from_xml
from alerts.errors import InvalidAlertError
from netsim.workload import load_samples, sample_folder
from server.bridges.cap_feed_reading import ENTRIES_MAX, FEED_BYTES_MAX, FeedEntry, FeedError, FeedReading, read_feed
from tests.support.corpus_files import cap_files

ADDRESS = "https://alerts.health.example/feeds/feed.xml"


def sample(name: str) -> bytes:
    return (sample_folder() / "feeds" / name).read_bytes()


def read(name: str) -> FeedReading:
    return read_feed(sample(name), ADDRESS)


def identifiers(entry: FeedEntry) -> list[str]:
    return [from_xml(alert).alert.identifier for alert in entry.alerts]


def atom(*entries: str) -> bytes:
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title>{''.join(entries)}</feed>".encode()


# -- what is read -----------------------------------------------------------------------------------------------------


def test_links_are_found_the_likeliest_first() -> None:
    reading = read("links.atom.xml")
    base = "https://alerts.health.example"
    assert reading.title == "Health alerts (sample)"
    assert [(entry.id.rpartition(":")[2], entry.links) for entry in reading.entries] == [
        ("nothing", ()),
        ("tocsin-sample-001", (f"{base}/001-cholera-nairobi.xml",)),
        ("tocsin-sample-012", (f"{base}/012-antivenom-stockout-borno.xml",)),
        ("tocsin-sample-016", (f"{base}/016-dengue-piura.xml", f"{base}/pages/016.html")),
        ("tocsin-sample-036", (f"{base}/036-antivenom-stockout-cancel.xml", f"{base}/pages/036.html")),
    ]
    assert reading.entries[-1].updated == 1772398800
    assert reading.entries[-1].title.startswith("Antivenom is back")


def test_alerts_that_stand_in_the_entries_are_taken_out() -> None:
    reading = read("inside.atom.xml")
    assert [identifiers(entry) for entry in reading.entries] == [["inside-1"], ["inside-2"], ["inside-3"]]
    assert all(entry.links == () for entry in reading.entries)
    assert from_xml(reading.entries[-1].alerts[0]).alert.info[0].headline == "Chemsha maji ya kunywa"


def test_rss_2_is_read() -> None:
    enclosed, linked, inside = reversed(read("links.rss.xml").entries)
    assert enclosed.id == "sample-005"
    assert enclosed.links[0] == "https://alerts.health.example/cap/005-heat-rajasthan.xml"
    assert linked.links == ("https://alerts.health.example/cap/show?alert=006",)
    assert identifiers(inside) == ["in-rss"]


def test_rss_1_is_read() -> None:
    (entry,) = read("links.rss1.xml").entries
    assert entry.id == "https://alerts.health.example/cap/010.cap"
    assert entry.links == ("https://alerts.health.example/cap/010.cap",)


def test_an_envelope_is_read() -> None:
    assert [identifiers(entry) for entry in read("envelope.edxl.xml").entries] == [["enveloped-2"], ["enveloped-1"]]


def test_an_alert_by_itself_is_read_as_it_is() -> None:
    for one in load_samples():
        (entry,) = read_feed(one.xml, ADDRESS).entries
        assert entry.alerts == (one.xml,)


def test_of_what_is_no_xml_the_links_are_read() -> None:
    reading = read("entities.rss.xml")
    assert reading.entries[0].links == ("https://alerts.health.example/cap/loose.cap",)
    assert "only its links were read" in reading.remarks[0]


@pytest.mark.needs("corpus")
def test_each_file_of_the_corpus_is_read_or_refused_with_the_reason() -> None:
    for path in cap_files():
        data = path.read_bytes()
        try:
            (entry,) = read_feed(data, ADDRESS).entries
        except FeedError as error:
            with pytest.raises(InvalidAlertError):
                from_xml(data)
            assert str(error), path.name
        else:
            assert entry.alerts == (data,), path.name


# -- what an entry is known by ----------------------------------------------------------------------------------------


def _entry(name: str, updated: str = "2026-03-01T10:00:00Z", link: str = "a.cap") -> str:
    return f"<entry><id>{name}</id><title>t</title><updated>{updated}</updated><link href='{link}'/></entry>"


def test_a_version_changes_with_what_may_lead_to_another_alert() -> None:
    versions = {
        read_feed(atom(entry), ADDRESS).entries[0].version
        for entry in (_entry("1"), _entry("1", "2026-03-01T11:00:00Z"), _entry("1", link="b.cap"))
    }
    assert len(versions) == 3
    again = [read_feed(atom(_entry("1"), _entry(str(n))), ADDRESS).entries for n in (2, 3)]
    assert {entry.version for entries in again for entry in entries if entry.id == "1"} < versions


def test_of_two_entries_with_one_id_the_upper_counts() -> None:
    (entry,) = read_feed(atom(_entry("1", link="new.cap"), _entry("1", link="old.cap")), ADDRESS).entries
    assert entry.links[0].endswith("new.cap")


def test_without_times_the_end_of_the_feed_is_the_oldest() -> None:
    entries = [f"<entry><id>{n}</id><title>t</title><link href='{n}.cap'/></entry>" for n in (3, 2, 1)]
    assert [entry.id for entry in read_feed(atom(*entries), ADDRESS).entries] == ["1", "2", "3"]


def test_links_that_are_no_web_addresses_are_left_out() -> None:
    hostile = (
        "file:///etc/passwd",
        "javascript:alert(1)",
        "ftp://a.example/x.cap",
        "data:text/xml,x.cap",
        "http://[x.cap",
    )
    for link in hostile:
        (entry,) = read_feed(atom(_entry("1", link=link)), ADDRESS).entries
        assert entry.links == (), link


# -- what is refused --------------------------------------------------------------------------------------------------


def test_an_entity_bomb_is_refused_at_once() -> None:
    began = time.process_time()
    with pytest.raises(FeedError, match="DOCTYPE"):
        read("bomb.atom.xml")
    assert time.process_time() - began < 5


@pytest.mark.parametrize("coding", ["utf-8", "utf-16"])
def test_a_doctype_does_not_get_in_by_broken_xml(coding: str) -> None:
    broken = "<!DOCTYPE rss [<!ENTITY a 'x'>]><rss><channel><item><link>http://a/&a;</link></item></channel>"
    with pytest.raises(FeedError):
        read_feed(broken.encode(coding), ADDRESS)


@pytest.mark.parametrize(
    "data",
    [
        *(
            b"",
            b"   ",
            b"{}",
            b"<html><body/></html>",
            b"<a",
            b"\x00\xff\xfe",
            b"<feed",
            b"http://127.0.0.1/",
            b"/etc/passwd",
        ),
        b"<x/>" + b" " * FEED_BYTES_MAX,
        b"<feed>" + b"<entry/>" * 250_000 + b"</feed>",
    ],
    ids=lambda data: repr(data[:20]),
)
def test_what_is_no_feed_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(FeedError) as caught:
        read_feed(data, ADDRESS)
    assert str(caught.value)


def test_an_empty_feed_is_a_feed() -> None:
    assert read_feed(atom(), ADDRESS).entries == ()


def test_entries_beyond_the_limit_are_said() -> None:
    reading = read_feed(atom(*(_entry(str(n)) for n in range(ENTRIES_MAX + 5))), ADDRESS)
    assert len(reading.entries) == ENTRIES_MAX
    assert str(ENTRIES_MAX + 5) in reading.remarks[0]


def test_samples_that_link_to_files_link_to_files_that_are_there() -> None:
    folder = Path(str(sample_folder()))
    for entry in read("links.atom.xml").entries:
        for link in entry.links[:1]:
            assert (folder / link.rpartition("/")[2]).is_file()


# -- anything at all --------------------------------------------------------------------------------------------------

FEEDS = sorted(path.name for path in (Path(str(sample_folder())) / "feeds").iterdir())


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=2000))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    _read_or_refuse(data)


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(FEEDS), st.data())
def test_a_damaged_feed_is_read_or_refused(name: str, draw: st.DataObject) -> None:
    data = bytearray(sample(name))
    for _ in range(draw.draw(st.integers(1, 4))):
        start = draw.draw(st.integers(0, len(data)))
        end = draw.draw(st.integers(start, min(len(data), start + 60)))
        data[start:end] = draw.draw(st.binary(max_size=20) | st.sampled_from(FRAGMENTS))
    _read_or_refuse(bytes(data))


FRAGMENTS = [
    *(b"<entry>", b"</entry>", b"<item/>", b"<![CDATA[", b"&#0;", b"&lt;"),
    b"<alert xmlns='urn:oasis:names:tc:emergency:cap:1.2'>",
]


def _read_or_refuse(data: bytes) -> None:
    try:
        reading = read_feed(data, ADDRESS)
    except FeedError as error:
        assert str(error)
        return
    assert len({entry.id for entry in reading.entries}) == len(reading.entries)
    for entry in reading.entries:
        assert entry.id
        assert all(link.startswith(("http://", "https://")) for link in entry.links)
