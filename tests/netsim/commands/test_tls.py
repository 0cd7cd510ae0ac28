"""`tocsin-netsim bench tls`: for people and for machines."""

from __future__ import annotations

import json

import pytest

from netsim.bench import tls as handshakes
from netsim.commands.tls import tls


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handshakes, "CHAINS", (("P-256",),))


def test_it_shows_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    tls()
    shown = capsys.readouterr().out
    assert "P-256" in shown
    assert "Each write costs 22 bytes" in shown


def test_it_prints_json(capsys: pytest.CaptureFixture[str]) -> None:
    tls(json=True)
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert run["chain"] == ["P-256"]
    assert run["resumed_down"] < run["full_down"]
