"""CAP times: the same instant and the same offset come out again."""

from __future__ import annotations

import pytest
from hypothesis import given

from alerts.cap.times import CapTime, parse, read_loosely
from tests.support import cap_alerts


@given(cap_alerts.times)
def test_any_time_comes_back_from_its_text(time: CapTime) -> None:
    assert parse(str(time)) == time


@pytest.mark.parametrize(
    ("text", "seconds", "offset"),
    [
        ("1970-01-01T00:00:00-00:00", 0, None),
        ("1970-01-01T00:00:00+00:00", 0, 0),
        ("2002-05-24T16:49:00-07:00", 1022284140, -420),
        ("2026-03-01T08:30:00+05:45", 1772333100, 345),
        ("0001-01-01T00:00:00+14:00", -62135647200, 840),
        ("9999-12-31T23:59:59-14:00", 253402351199, -840),
    ],
)
def test_text_instant_and_offset(text: str, seconds: int, offset: int | None) -> None:
    assert parse(text) == CapTime(seconds, offset)
    assert str(CapTime(seconds, offset)) == text


@pytest.mark.parametrize(
    ("text", "read", "says"),
    [
        ("2026-03-01T08:30:00Z", "2026-03-01T08:30:00-00:00", "not in CAP's form"),
        ("2026-03-01T08:30:00.250+03:00", "2026-03-01T08:30:00+03:00", "fraction of a second is left out"),
        ("2026-03-01T08:30+03:00", "2026-03-01T08:30:00+03:00", "not in CAP's form"),
        ("2026-03-01 08:30:00+0300", "2026-03-01T08:30:00+03:00", "not in CAP's form"),
        ("2026-03-01t08:30:00-03", "2026-03-01T08:30:00-03:00", "not in CAP's form"),
    ],
)
def test_what_files_in_the_wild_write_is_read_and_said(text: str, read: str, says: str) -> None:
    time, difference = read_loosely(text)
    assert str(time) == read
    assert difference is not None
    assert says in difference


def test_caps_own_form_needs_no_word() -> None:
    assert read_loosely("2026-03-01T08:30:00+03:00") == (CapTime(1772343000, 180), None)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-02-30T08:30:00+03:00",
        "2026-03-01T24:00:00+00:00",
        "2026-03-01T08:30:00+15:00",
        "2026-03-01T08:30:00+03:60",
        "0000-01-01T00:00:00+00:00",
        "2026-03-01T08:30:00",
        "２026-03-01T08:30:00+03:00",
    ],
)
def test_no_time_is_refused_in_words(text: str) -> None:
    for read in (parse, read_loosely):
        with pytest.raises(ValueError, match="not a time"):
            read(text)


@pytest.mark.parametrize(("seconds", "offset"), [(10**18, 0), (-(10**30), None), (0, 841)])
def test_what_no_text_can_say_is_no_time(seconds: int, offset: int | None) -> None:
    with pytest.raises(ValueError, match=r"outside the years|more than 14 hours"):
        CapTime(seconds, offset)
