"""`tocsin-netsim report` as a person runs it."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.errors import UserError
from netsim.commands.report import report
from tests.support.campaign_record import CLEAN, write_campaign


def test_the_page_is_written_from_the_folder_that_was_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_campaign(tmp_path, CLEAN)
    report(tmp_path, tmp_path / "out.html")
    assert capsys.readouterr().out == f"{tmp_path / 'out.html'}\n"
    assert (tmp_path / "out.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_what_is_no_record_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is not there"):
        report(tmp_path / "none.sqlite", tmp_path / "out.html")
    (tmp_path / "text").write_text("no database")
    with pytest.raises(UserError, match="is not the record of a campaign"):
        report(tmp_path / "text", tmp_path / "out.html")


def test_a_page_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    write_campaign(tmp_path, CLEAN)
    with pytest.raises(UserError, match="cannot be written: No such file or directory"):
        report(tmp_path, tmp_path / "none" / "out.html")
