"""Where a device's data lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.errors import UserError
from client.exits import ExitCode
from client.settings import data_folder, open_store
from tests.support import device_store
from tests.support.field_command import run_field, said


def test_the_folder_that_is_given_counts(tmp_path: Path) -> None:
    assert data_folder(tmp_path) == tmp_path
    assert data_folder(Path("~/x")) == Path.home() / "x"
    assert "tocsin-field" in str(data_folder(None))


def test_the_flag_counts_more_than_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("flag", "environment"):
        device_store.open_store(tmp_path / name).close()
    monkeypatch.setenv("TOCSIN_FIELD_DATA", str(tmp_path / "environment"))
    for tokens, name in (
        (("status", "--json"), "environment"),
        (("status", "--json", "--data", tmp_path / "flag"), "flag"),
    ):
        assert run_field(*tokens) == 0
        assert str(tmp_path / name) in said(capsys)


def test_looking_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(UserError) as refused:
        open_store(tmp_path / "new")
    assert refused.value.exit_code == ExitCode.NOT_JOINED
    assert not (tmp_path / "new").exists()
