"""`tocsin-field inbox`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.device_store import item, keep, open_store
from tests.support.field_command import run_field, said


def _fill(folder: Path) -> None:
    store = open_store(folder)
    store.execute(keep(0, item("a"), item("old", life_s=-1), item("b", "Extreme")))
    store.close()


def test_it_lists_what_is_in_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _fill(tmp_path)
    assert run_field("inbox", "--data", tmp_path) == 0
    words = said(capsys)
    assert words.index("Extreme") < words.index("Moderate")
    assert "water old" not in words
    assert "may have expired" in words, "the test's boot is another one, so the time is a lower bound"


def test_it_lists_everything_on_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _fill(tmp_path)
    assert run_field("inbox", "--all", "--data", tmp_path) == 0
    assert "expired" in said(capsys)


def test_it_says_when_there_is_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    open_store(tmp_path).close()
    assert run_field("inbox", "--data", tmp_path) == 0
    assert "No alert is in force" in said(capsys)
    assert run_field("inbox", "--all", "--data", tmp_path) == 0
    assert "Nothing has arrived yet" in said(capsys)


def test_it_speaks_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _fill(tmp_path)
    assert run_field("inbox", "--all", "--json", "--data", tmp_path) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["key"] for line in lines] == ["hub.example,b", "hub.example,a", "hub.example,old"]
    assert [line["in_force"] for line in lines] == [True, True, False]
