"""`tocsin-field ack`."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.session.commits import OutboxStored
from client.exits import ExitCode
from tests.support.device_store import item, keep, open_store
from tests.support.field_command import run_field, said


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a"), item("b")))
    store.close()
    return tmp_path


def test_it_is_queued_once_however_often_it_is_said(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        assert run_field("ack", "a", "2", "--data", folder) == 0
        words = said(capsys)
        assert "1 a: acknowledged, queued for the hub" in words
        assert "2 b: acknowledged" in words
    store = open_store(folder)
    assert store.waiting() == 2
    (box,) = store.outbox.outboxes()
    store.execute(OutboxStored(((box.epoch, 2),)))
    store.close()
    assert run_field("ack", "a", "--data", folder) == 0
    assert "the hub has it" in said(capsys)


def test_one_wrong_name_acknowledges_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_field("ack", "a", "nope", "--data", folder) == ExitCode.NOT_FOUND
    assert "'nope'" in said(capsys)
    assert open_store(folder).waiting() == 0
