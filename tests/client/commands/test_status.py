"""`tocsin-field status`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from filelock import FileLock

from alerts.dictionary.shipped import shipped
from alerts.wire.uplink import ReceiptState
from client.dictionaries import Part
from client.field_client import LOCK
from tests.support.device_store import item, keep, open_store
from tests.support.field_command import run_field, said


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a"), item("b"), b"\xc1"))
    store.give_receipt("a", ReceiptState.ACKNOWLEDGED)
    store.keep_part(Part(b"\n" * 6, None, 9000, '"tag"', b"begun"))
    store.close()
    return tmp_path


def test_it_says_who_what_and_what_is_still_to_go(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_field("status", "--data", folder) == 0
    words = said(capsys)
    assert "device-1 (Clinic)" in words
    assert "2 in force, 1 of them not acknowledged; 2 in all" in words
    assert "2 waiting" in words
    assert "not usable item 3:" in words
    assert f"{shipped().address.hex()} came with the program" in words
    assert "0a0a0a0a0a0a being fetched: 0 of 9 KB" in words
    assert "not kept: tocsin-field run" in words
    assert "token" not in words


def test_it_knows_of_a_link_in_another_process(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with FileLock(folder / LOCK):
        assert run_field("status", "--json", "--data", folder) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["link"] is True
    assert facts["cursor"] == 3
    assert [one["state"] for one in facts["dictionaries"]] == ["part", "shipped"]
    assert facts["quarantined"][0]["number"] == 3
    assert "token-1" not in json.dumps(facts)
