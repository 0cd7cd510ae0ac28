"""The hub's process is known by what it says; the rest is shown by `test_hub`."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.errors import UserError
from netsim.site.child import Child


def test_a_hub_that_cannot_start_leaves_its_last_words(tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("no folder")
    settings = {
        "data": str(tmp_path / "a-file"),
        "host": "127.0.0.1",
        "port": 0,
        "api_socket": str(tmp_path / "api"),
        "clock_offset_s": 0,
    }
    child = Child("netsim.site.hub_child", settings, log=tmp_path / "log")
    with pytest.raises(UserError) as caught:
        child.wait_for("listening", 60)
    assert "a-file" in caught.value.hint
    child.kill()
