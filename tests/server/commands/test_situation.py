"""`tocsin-hub situation`, against a real hub and against a folder without one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.server.api.test_answers import publish
from tests.server.commands.test_token import run
from tests.support.hub import running_hub


def test_a_hub_s_situation(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TOCSIN_API", raising=False)
    monkeypatch.setenv("TOCSIN_HUB_DATA", str(tmp_path / "data"))
    with running_hub(tmp_path / "data") as hub:
        hub.enrol(areas=("KE-1",))
        number = publish(hub, None)["number"]
        code, out, _ = run(capsys, "situation")
        assert code == 0 and "0 of 1" in out and "KE-1" in out
    code, out, errors = run(capsys, "situation", "--json")
    assert code == 0, errors
    found = json.loads(out)
    assert [row["number"] for row in found["alerts"]] == [number], "a command that opens the hub itself counts too"
    assert [(row["area"], row["lacking"]) for row in found["areas"]] == [("KE", 1), ("KE-1", 1)]
