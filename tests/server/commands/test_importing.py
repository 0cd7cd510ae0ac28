"""What a command says of an import."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alerts.errors import UserError
from server.commands.importing import read_file, show

NOTHING: dict[str, Any] = {
    "done": False,
    "rows": 2,
    "new": 0,
    "changed": 0,
    "unchanged": 2,
    "error_count": 0,
    "errors": [],
    "changes": [],
    "ignored": [],
}


def test_errors_are_told_by_row_and_column(capsys: pytest.CaptureFixture[str]) -> None:
    error = {"row": 7, "column": "code", "value": "K E", "problem": "it is no code", "expected": "KE"}
    assert show({**NOTHING, "error_count": 1, "errors": [error]}, "areas", json=False) == 1
    said = capsys.readouterr().out
    assert "row 7, code: 'K E': it is no code; needed: KE\n" in said and "nothing would be imported" in said


def test_what_was_done_is_counted_and_unknown_columns_are_noted(capsys: pytest.CaptureFixture[str]) -> None:
    assert show({**NOTHING, "done": True, "ignored": ["Age"]}, "areas", json=False) == 0
    said = capsys.readouterr()
    assert said.out == "2 areas imported: 0 new, 0 changed, 2 as they are.\n" and "'Age'" in said.err


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot read"):
        read_file(tmp_path / "none.csv")
