from __future__ import annotations

import pytest

from server.audit import AuditHead, AuditRow
from server.audit_export import line_of, line_of_head, read_export
from server.store.audit import ORIGIN, chained


def _lines(count: int = 3) -> list[str]:
    lines, before = [], ORIGIN
    for number in range(1, count + 1):
        row = AuditRow(number, 1000 + number, "wanjiru", "token.made", "é", {"n": number})
        before = chained(before, row)
        lines.append(line_of(AuditRow(*(row.number, row.at, row.by, row.action, row.subject, row.members), before)))
    return [*lines, line_of_head(AuditHead(count, before))]


def test_what_was_written_is_read_and_holds() -> None:
    export = read_export(_lines())
    assert [row.number for row in export.rows] == [1, 2, 3] and export.verify().head == export.head


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (_lines()[:-1], "the last line, which tells the head, is missing"),
        ([*_lines(), _lines()[0]], "there is more after the head"),
        (["{"], "line 1 is no JSON"),
        (["[]"], "line 1 is no JSON object"),
        (['{"number": 1}'], "line 1 is none of an export"),
        ([*_lines()[:1], _lines()[1].replace('{"n": 2}', "[]"), *_lines()[2:]], "line 2 is none of an export"),
    ],
)
def test_what_is_none_is_told_with_its_line(lines: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_export(lines)


def test_one_that_was_changed_is_found() -> None:
    lines = _lines()
    assert (
        "row 2 does not fit"
        in read_export([lines[0], lines[1].replace("wanjiru", "nobody"), *lines[2:]]).verify().problem
    )
    assert "after row 1 comes row 3" in read_export([lines[0], *lines[2:]]).verify().problem
    assert "its end was cut off" in read_export([*lines[:2], lines[3]]).verify().problem
