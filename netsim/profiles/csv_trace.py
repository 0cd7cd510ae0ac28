"""A recorded direction as CSV: a line of headings, then a line for each step.

    # a comment
    time_s,rate_bit_s,loss,delay_ms
    0,2000000,0.001,60
    5,0,,
    12.5,800000,0.02,140

`time_s` begins at 0 and grows; each line holds until the next one. The columns may stand in any order; one that is left out
stays as the profile says. An empty cell repeats the one above it. A last line with a time alone ends the trace; without it
the last line holds as long as the one before (a single line: a second).
"""

from __future__ import annotations

import csv
import difflib
from collections.abc import Callable, Iterator

from alerts.errors import UserError
from netsim.profiles.trace import Step, Track

LINES_MAX = 1_000_000
"""Lines of one file: eleven days of seconds."""
HINT = "docs/profiles.md says what a trace looks like."

Cells = dict[str, float]
"""The numbers of a line, without what is empty."""


def parse_csv(text: str, file: str) -> Track:
    """The track that this text describes; `file` is how errors name it. Raises UserError with the line's number."""
    lines = _lines(text)
    number, headings = next(lines, (1, []))
    _check_headings(headings, file, number)
    rows: list[Cells] = []
    for number, cells in lines:
        if len(rows) == LINES_MAX:
            raise _wrong(file, number, f"expected {LINES_MAX:,} lines at most, found more")
        rows.append(_row(headings, cells, file, number))
        _check_step(rows, headings, file, number)
    if not rows:
        raise _wrong(file, number, "expected a line for each step below the headings, found none")
    return _track(rows, file)


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, [cell.strip() for cell in next(csv.reader([line]))]


def _check_headings(headings: list[str], file: str, number: int) -> None:
    for heading in headings:
        if heading not in _COLUMNS:
            near = difflib.get_close_matches(heading, _COLUMNS, 1, cutoff=0.5)
            meant = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(_COLUMNS)}"
            raise _wrong(file, number, f"there is no column {heading!r}{meant}")
        if headings.count(heading) > 1:
            raise _wrong(file, number, f"expected each column once, found {heading} more often")
    if "time_s" not in headings or len(headings) < 2:
        raise _wrong(file, number, "expected the column time_s and one of rate_bit_s, loss, delay_ms at least")


def _row(headings: list[str], cells: list[str], file: str, number: int) -> Cells:
    if len(cells) > len(headings):
        raise _wrong(file, number, f"expected {len(headings)} cells, found {len(cells)}")
    padded = cells + [""] * (len(headings) - len(cells))
    row = {
        heading: _number(heading, cell, file, number) for heading, cell in zip(headings, padded, strict=True) if cell
    }
    if "time_s" not in row:
        raise _wrong(file, number, "time_s: expected a time, found nothing")
    return row


def _number(heading: str, cell: str, file: str, number: int) -> float:
    words, is_right = _COLUMNS[heading]
    try:
        value = float(cell)
    except ValueError:
        value = float("nan")
    if not is_right(value):
        raise _wrong(file, number, f"{heading}: expected {words}, found {cell!r}")
    return value


def _check_step(rows: list[Cells], headings: list[str], file: str, number: int) -> None:
    time_s = rows[-1]["time_s"]
    if len(rows) > 1 and time_s <= rows[-2]["time_s"]:
        before_s = rows[-2]["time_s"]
        raise _wrong(file, number, f"time_s: expected more than the {before_s:g} of the step before, found {time_s:g}")
    if len(rows) == 1 and time_s != 0:
        raise _wrong(file, number, f"time_s: expected 0 in the first step, found {time_s:g}")
    if len(rows) == 1 and len(rows[0]) < len(headings):
        empty = next(heading for heading in headings if heading not in rows[0])
        raise _wrong(file, number, f"{empty}: expected {_COLUMNS[empty][0]} in the first step, found nothing")


def _track(rows: list[Cells], file: str) -> Track:
    times = [row["time_s"] for row in rows]
    if len(rows) > 1 and len(rows[-1]) == 1:
        lasts_s = times[-1]
        rows = rows[:-1]
    else:
        lasts_s = 2 * times[-1] - times[-2] if len(rows) > 1 else 1.0
    steps = []
    filled: Cells = {}
    for row in rows:
        filled |= row
        rate_bit_s = filled.get("rate_bit_s")
        rate = None if rate_bit_s is None else round(rate_bit_s)
        steps.append(Step(filled["time_s"], rate, filled.get("loss"), filled.get("delay_ms")))
    return Track(file=file, steps=tuple(steps), lasts_s=lasts_s)


def _wrong(file: str, number: int, problem: str) -> UserError:
    return UserError(f"{file}, line {number}: {problem}", HINT, 2)


_COLUMNS: dict[str, tuple[str, Callable[[float], bool]]] = {
    "time_s": ("seconds from 0 on", lambda value: 0 <= value < 1e9),
    "rate_bit_s": ("bits in a second from 0 on", lambda value: 0 <= value < 1e15),
    "loss": ("a share from 0 to 1", lambda value: 0 <= value <= 1),
    "delay_ms": ("milliseconds from 0 on", lambda value: 0 <= value < 1e9),
}
