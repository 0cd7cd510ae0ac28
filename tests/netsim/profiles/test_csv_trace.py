"""Traces as CSV: what is read, and what is said of a line that is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import UserError
from netsim.profiles import csv_trace
from netsim.profiles.csv_trace import parse_csv
from netsim.profiles.trace import Step

HEAD = "time_s,rate_bit_s,loss,delay_ms\n"


def test_the_example_of_the_docstring_is_read() -> None:
    example = "".join(line[4:] + "\n" for line in (csv_trace.__doc__ or "").splitlines() if line.startswith("    "))
    track = parse_csv(example, "x.csv")
    assert track.steps == (Step(0, 2_000_000, 0.001, 60), Step(5, 0, 0.001, 60), Step(12.5, 800_000, 0.02, 140))
    assert (track.file, track.lasts_s) == ("x.csv", 20)


def test_columns_may_stand_in_any_order_or_be_left_out() -> None:
    assert parse_csv("\ufeffloss, time_s\r\n0.5, 0\r\n\r\n,3\r\n0.5,4\r\n,5", "x").steps == tuple(
        Step(time_s, None, 0.5) for time_s in (0, 3, 4)
    )


@pytest.mark.parametrize(
    ("lines", "steps", "lasts_s"),
    [
        ("0,9600,0,0\n4,0\n", 2, 8),
        ("0,9600,0,0\n4,0\n5\n", 2, 5),
        ("0,9600,0,0\n4,0\n5,,,\n", 2, 5),
        ("0,9600,0,0\n", 1, 1),
    ],
)
def test_the_end_is_told_or_taken_from_the_step_before(lines: str, steps: int, lasts_s: float) -> None:
    track = parse_csv(HEAD + lines, "x")
    assert (len(track.steps), track.lasts_s) == (steps, lasts_s)


@given(st.lists(st.tuples(st.floats(0.001, 100), st.integers(0, 10**9), st.floats(0, 1)), min_size=1, max_size=20))
def test_what_is_written_is_read(rows: list[tuple[float, int, float]]) -> None:
    steps, time_s = [], 0.0
    for lasts_s, rate_bit_s, loss in rows:
        steps.append(Step(time_s, rate_bit_s, loss))
        time_s += lasts_s
    text = "time_s,rate_bit_s,loss\n" + "".join(f"{step[0]!r},{step[1]},{step[2]!r}\n" for step in steps)
    track = parse_csv(f"{text}{time_s!r}\n", "x")
    assert (track.steps, track.lasts_s) == (tuple(steps), time_s)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: expected the column time_s and one of"),
        ("time_s\n0\n", "line 1: expected the column time_s and one of"),
        ("time_s,rate\n", "line 1: there is no column 'rate'; did you mean rate_bit_s?"),
        ("time_s,x\n", "line 1: there is no column 'x'; there are time_s, rate_bit_s, loss, delay_ms"),
        ("time_s,loss,loss\n", "line 1: expected each column once, found loss more often"),
        ("# nothing\n" + HEAD, "line 2: expected a line for each step below the headings, found none"),
        (HEAD + "1,9600\n", "line 2: time_s: expected 0 in the first step, found 1"),
        (HEAD + "0,9600,0,0\n\n0,9600\n", "line 4: time_s: expected more than the 0 of the step before, found 0"),
        (HEAD + ",9600\n", "line 2: time_s: expected a time, found nothing"),
        (HEAD + "0,9600,\n", "line 2: loss: expected a share from 0 to 1 in the first step, found nothing"),
        (HEAD + "0,-1\n", "line 2: rate_bit_s: expected bits in a second from 0 on, found '-1'"),
        (HEAD + "0,nan\n", "line 2: rate_bit_s: expected bits in a second from 0 on, found 'nan'"),
        (HEAD + "0,1,1.1\n", "line 2: loss: expected a share from 0 to 1, found '1.1'"),
        (HEAD + "0,1,0,inf\n", "line 2: delay_ms: expected milliseconds from 0 on, found 'inf'"),
        (HEAD + "0,1,0,1,2\n", "line 2: expected 4 cells, found 5"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, words: str) -> None:
    with pytest.raises(UserError) as caught:
        parse_csv(text, "ride.csv")
    assert str(caught.value).startswith(f"ride.csv, {words}")
    assert "docs/profiles.md" in caught.value.hint


def test_a_file_without_an_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_trace, "LINES_MAX", 3)
    assert len(parse_csv(HEAD + "0,1,0,0\n1,1\n2,1\n", "x").steps) == 3
    with pytest.raises(UserError, match="line 5: expected 3 lines at most"):
        parse_csv(HEAD + "0,1,0,0\n1,1\n2,1\n3,1\n", "x")
