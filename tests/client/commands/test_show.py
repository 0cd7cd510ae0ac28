"""`tocsin-field show`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alerts.wire.uplink import ReceiptState
from client.exits import ExitCode
from tests.support.device_store import item, keep, open_store
from tests.support.field_command import run_field, said


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a", "Extreme")))
    store.close()
    return tmp_path


def test_it_shows_the_alert_and_the_hub_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_field("show", "1", "--data", folder) == 0
    words = said(capsys)
    assert "Extreme Boil water a" in words
    assert "Boil it." in words
    assert "seen (queued)" in words
    assert open_store(folder).find("a").receipt is ReceiptState.SEEN


def test_xml_and_json_are_for_machines_and_tell_nobody(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_field("show", "a", "--xml", "--data", folder) == 0
    assert capsys.readouterr().out.startswith("<?xml")
    assert run_field("show", "hub.example,a", "--json", "--data", folder) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["cap"]["identifier"] == "a"
    assert open_store(folder).find("a").receipt is None


def test_what_is_not_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_field("show", "7", "--data", folder) == ExitCode.NOT_FOUND
    assert "no alert '7' in the inbox" in said(capsys)
