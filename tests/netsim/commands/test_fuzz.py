"""`tocsin-netsim fuzz` as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from netsim.commands.fuzz import fuzz


@pytest.mark.needs("atheris")
def test_a_finding_is_told_with_its_file_and_its_seed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz("canary", runs=500_000, seed=5, findings=tmp_path) == 1
    out = capsys.readouterr().out
    assert "Seed 5." in out
    assert "the canary is dead" in out
    assert f"canary: the input that broke it is {tmp_path}" in out.replace("\n", "")


@pytest.mark.needs("atheris")
def test_for_machines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert fuzz("uplink", runs=100, findings=tmp_path, json=True) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["seed"] > 0
    (target,) = said["targets"]
    assert (target["target"], target["finding"], target["error"]) == ("uplink", None, None)
