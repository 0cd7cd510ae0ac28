"""One answer to a line; an error of ours is an answer, a bug is not."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from alerts.errors import UserError
from netsim.bench.lines import answer_all


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    if "fail" in asked:
        raise UserError("no room")
    return {"twice": asked["once"] * 2}


def test_each_line_is_answered_and_an_error_is_an_answer(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO('{"once": 2}\n{"fail": true}\n{"once": 3}\n'))
    answer_all(_answer)
    said = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert said == [{"twice": 4}, {"error": "no room"}, {"twice": 6}]


def test_a_bug_ends_the_process_with_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("{}\n"))
    with pytest.raises(KeyError):
        answer_all(_answer)
