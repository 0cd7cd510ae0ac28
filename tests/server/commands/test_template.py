"""`tocsin-hub template`, and `tocsin-hub draft estimate`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.hub import Role
from tests.server.commands.test_draft import as_role
from tests.server.commands.test_token import run
from tests.support.extreme import alert_body
from tests.support.hub import running_hub


def test_a_template_is_shown_changed_and_brought_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_hub(tmp_path / "data", cost_per_megabyte=2.0, currency="USD") as hub:
        as_role(hub, monkeypatch, Role.APPROVER)
        assert "cold-chain" in run(capsys, "template", "list")[1]
        assert "[fr] Inondation" in run(capsys, "template", "show", "flood")[1]
        file = tmp_path / "flood.json"
        file.write_text(run(capsys, "template", "show", "flood", "--json")[1])
        assert run(capsys, "template", "put", "flood", str(file))[0] == 0
        assert run(capsys, "template", "remove", "flood")[0] == 0
        assert run(capsys, "template", "remove", "flood")[0] == 1
        file.write_text(json.dumps(alert_body()))
        said = run(capsys, "draft", "estimate", str(file))[1]
        assert "together 0 bytes, 0.00 USD" in said and "en" in said
