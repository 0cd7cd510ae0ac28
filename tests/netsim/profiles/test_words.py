"""Figures in words: the unit that fits, rows, details, and what has no source."""

from __future__ import annotations

from typing import Any

import pytest

from netsim.profiles import words
from netsim.profiles.library import load_profile, profile_names
from netsim.profiles.profile import Profile, Source
from netsim.profiles.trace import Step, Trace, Track

LINK: dict[str, Any] = {
    "name": "x",
    "title": "A link",
    "up": {"rate_bit_s": 9600, "delay_ms": 1500.0, "queue_bytes": 12_000},
    "down": {
        "delay_ms": 200.0,
        "delay_spread_ms": 20.0,
        "loss": {"good_loss": 0.01, "bad_loss": 0.5, "good_packets": 90.0, "bad_packets": 10.0},
        "duplicate": 0.001,
    },
    "outages": [{"every_s": 600.0, "lasts_s": 60.0}, {"every_s": 100.0, "lasts_s": 10.0, "distribution": "fixed"}],
    "nat": {"idle_s": 300.0, "forgets": "reset"},
}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.05, "50 ms"),
        (1.1, "1.1 s"),
        (60, "1 min"),
        (90, "90 s"),
        (239, "239 s"),
        (7440, "124 min"),
        (23_760, "6.6 h"),
        (86_400, "1 d"),
        (242_243, "67.3 h"),
        (1_000_000, "11.6 d"),
    ],
)
def test_a_duration_has_the_unit_that_fits(value: float, text: str) -> None:
    assert words.duration(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(75, "75 bit/s"), (2400, "2.4 kbit/s"), (87_250_000, "87.2 Mbit/s"), (1e9, "1 Gbit/s")]
)
def test_a_rate_has_the_unit_that_fits(value: float, text: str) -> None:
    assert words.rate(value) == text


def test_shares_and_sizes() -> None:
    assert [words.share(value) for value in (0.0001, 0.005, 0.13, 0.5, 1.0)] == [
        "0.01 %",
        "0.5 %",
        "13 %",
        "50 %",
        "100 %",
    ]
    assert [words.size(value) for value in (1500, 800_000, 2_412_500)] == ["1.5 kB", "800 kB", "2.41 MB"]


def test_a_row_has_the_worse_loss_and_all_outages_together() -> None:
    profile = Profile.model_validate(LINK)
    assert words.row(profile) == ("x", "no limit", "9.6 kbit/s", "1.7 s", "5.9 %", "19 %, 10 s to 1 min", "after 5 min")
    assert len(words.row(profile)) == len(words.HEADINGS)


def test_details_are_what_a_direction_states() -> None:
    profile = Profile.model_validate(LINK)
    assert list(words.details(profile)) == [
        ("rate", "no limit", "9.6 kbit/s"),
        ("one-way delay", "200 ± 20 ms", "1,500 ms"),
        ("loss", "5.9 %: 50 % in bursts of 10 of 100, 1 % between", "–"),
        ("queue", "–", "12 kB (10 s)"),
        ("duplicate", "0.1 %", "–"),
    ]
    assert list(words.both_directions(profile)) == [
        ("outage", "1 min every 10 min in the mean, exponential: 10 % of the time"),
        ("outage", "10 s every 100 s in the mean, always the same: 10 % of the time"),
        ("NAT", "forgets a connection that is silent for 5 min; what comes then is answered by a reset"),
    ]


def test_a_trace_is_told_by_its_means() -> None:
    track = Track(file="x.csv", steps=(Step(0, 1000, 0.1, 50), Step(5, 0, 0.1, 50)), lasts_s=10)
    profile = Profile(name="x", title="x", trace=Trace(up=track, down=track))
    assert words.row(profile)[1:6] == ("~500 bit/s", "~500 bit/s", "~100 ms", "~10 %", "~50 %")
    assert list(words.both_directions(profile)) == [("trace", "x.csv, both ways: 2 steps in 10 s, then anew")]
    one = Profile(name="x", title="x", trace=Trace(up=Track(file="", steps=(Step(0),), lasts_s=10), down=track))
    assert [sentence for _, sentence in words.both_directions(one)] == ["x.csv, down: 2 steps in 10 s, then anew"]


def test_sources_are_grouped_and_what_has_none_is_found() -> None:
    sources = {"up": {"note": "a"}, "nat": {"note": "a"}, "outages": {"note": "b"}}
    profile = Profile.model_validate(LINK | {"sources": sources})
    assert words.grouped_sources(profile) == [(["up", "nat"], Source(note="a")), (["outages"], Source(note="b"))]
    assert {path.partition(".")[0] for path in words.unsourced(profile)} == {"down"}


@pytest.mark.parametrize("name", profile_names())
def test_the_list_of_all_fits_a_narrow_screen(name: str) -> None:
    cells = words.row(load_profile(name))
    assert all(len(cell) <= width for cell, width in zip(cells, (14, 12, 13, 10, 6, 16, 14), strict=True))
