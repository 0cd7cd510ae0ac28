"""Campaigns side by side are processes; one that breaks off is told with its last words, and the others end."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.errors import UserError
from netsim.chaos.many import Task, run_many
from netsim.chaos.options import Options


def test_one_that_cannot_start_is_told(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").write_text("here")
    said: list[str] = []
    with pytest.raises(UserError) as caught:
        run_many([Task(Options("lan", 0.1, 1), tmp_path / "full")], said.append)
    assert "lan broke off" in str(caught.value)
    assert any(words.startswith("[lan] ") and "not empty" in words for words in said)
