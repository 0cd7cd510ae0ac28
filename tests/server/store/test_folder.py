from __future__ import annotations

from pathlib import Path

import pytest

from alerts.errors import UserError
from server.store.folder import Folder


def test_it_is_made_for_its_owner_only(tmp_path: Path) -> None:
    Folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_only_one_has_it(tmp_path: Path) -> None:
    first, second = Folder(tmp_path), Folder(tmp_path)
    first.lock()
    assert not second.try_lock()
    with pytest.raises(UserError, match="a hub is running"):
        second.lock(wait_s=0)
    first.unlock()
    first.unlock()
    second.lock(wait_s=0)
    second.unlock()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UserError, match="cannot be made"):
        Folder(tmp_path / "file" / "data")
