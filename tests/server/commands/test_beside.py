"""Commands beside a hub: they never hold its folder, and leave nothing half done."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.errors import UnknownTokenError, UserError
from server.commands.beside import opened
from server.hub import Role
from server.store import credentials
from tests.support.hub import running_hub


def test_what_fails_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no token"), opened(tmp_path, make=True) as db:
        credentials.make_token(db, Role.VIEWER, "a", "secret", 0)
        raise UnknownTokenError("there is no token")
    with opened(tmp_path) as db:
        assert credentials.tokens(db) == []


def test_a_hub_can_start_right_after(tmp_path: Path) -> None:
    with opened(tmp_path, make=True) as db:
        credentials.make_token(db, Role.VIEWER, "a", "secret", 0)
    with running_hub(tmp_path) as hub:
        assert hub.ask("GET", "/v1/alerts", role=None, token="secret").status_code == 200
