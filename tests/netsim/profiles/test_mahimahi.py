"""Traces in Mahimahi's format: the bits are those of the file, and a line that is wrong is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import UserError
from netsim.profiles.mahimahi import BIN_MS, OPPORTUNITY_BYTES, parse_mahimahi
from netsim.profiles.trace import Step


def test_opportunities_become_rates() -> None:
    track = parse_mahimahi("10\n20\n100\n101\n\n400\n", "x.trace")
    assert track.steps == (Step(0, 360_000), Step(0.1, 120_000), Step(0.2, 0), Step(0.3, 120_000))
    assert track.lasts_s == 0.4


def test_a_steady_link_is_one_step() -> None:
    assert parse_mahimahi("1\n", "x").steps == (Step(0, 12_000_000),)
    assert parse_mahimahi("".join(f"{ms}\n" for ms in range(1, 1001)), "x").steps == (Step(0, 12_000_000),)


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=200).filter(lambda times: max(times) > 0))
def test_the_bits_are_those_of_the_file(times_ms: list[int]) -> None:
    track = parse_mahimahi("".join(f"{time_ms}\n" for time_ms in sorted(times_ms)), "x")
    ends = [step.time_s for step in track.steps[1:]] + [track.lasts_s]
    bits = sum((step.rate_bit_s or 0) * (end - step.time_s) for step, end in zip(track.steps, ends, strict=True))
    assert track.lasts_s == max(times_ms) / 1000
    assert bits == pytest.approx(len(times_ms) * OPPORTUNITY_BYTES * 8, abs=track.lasts_s + 1)
    assert all(begins_s * 1000 % BIN_MS == pytest.approx(0, abs=1e-6) for begins_s, *_ in track.steps)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: expected times in milliseconds"),
        ("0\n0\n", "line 1: expected times in milliseconds"),
        ("5\nx\n", "line 2: expected a time in whole milliseconds, found 'x'"),
        ("5\n-3\n", "line 2: expected a time in whole milliseconds, found '-3'"),
        ("5\n2.5\n", "line 2: expected a time in whole milliseconds, found '2.5'"),
        ("99999999999\n", "line 1: expected a time in whole milliseconds, found '99999999999'"),
        ("5\n4\n", "line 2: expected 5 or later, as in the line before, found 4"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, words: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_mahimahi(text, "lte.trace")
    assert str(caught.value).startswith(f"lte.trace, {words}")
