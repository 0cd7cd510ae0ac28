"""`tocsin-hub quarantine`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alerts.session.commits import TakeUplink
from tests.server.commands.test_token import run
from tests.support.hub import running_hub


def test_what_could_not_be_used_is_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running_hub(tmp_path) as hub:
        assert run(capsys, "quarantine", "--data", tmp_path) == (0, "There are none.\n", "")
        device, _ = hub.enrol()
        hub.do(hub.hub.take_uplink(device, TakeUplink(77, 0, 1, ((1, b"\xc1"),))))
        assert device in run(capsys, "quarantine", "--data", tmp_path)[1]
        (row,) = json.loads(run(capsys, "quarantine", "--json", "--data", tmp_path)[1])
        assert (row["kind"], row["device"]) == ("unusable", device)
