"""Campaigns side by side are processes; one that breaks off is told with its last words, and stops no other."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from rich.console import Console

from netsim.chaos.many import Task, run_many
from netsim.chaos.options import Options
from netsim.chaos.summary import print_many


def test_one_that_cannot_start_is_told(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").write_text("here")
    said: list[str] = []
    (found,) = run_many([Task(Options("lan", 0.1, 1), tmp_path / "full")], said.append)
    assert not found["ok"] and "broke off" in found["crashed"][0]
    print_many(Console(file=StringIO()), [found])
    assert any(words.startswith("[lan] ") and "not empty" in words for words in said)
