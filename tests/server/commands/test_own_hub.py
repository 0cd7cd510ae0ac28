"""A hub in the process of a command: the hub itself, alone on its folder, and gone at the end."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests

from server import local_access
from server.commands.own_hub import own_hub
from server.store.folder import Folder, FolderInUseError
from tests.server.api.test_problems import alert
from tests.support.hub import PATIENCE_S, running_hub


def test_it_publishes_and_what_it_published_is_there_when_the_service_starts(tmp_path: Path) -> None:
    with own_hub(tmp_path) as hub:
        headers = {"Authorization": f"Bearer {hub.bearer}"}
        body = alert()
        made = requests.post(f"{hub.address}/v1/alerts", json=body, headers=headers, timeout=PATIENCE_S)
        assert made.status_code == 201
        assert local_access.find(tmp_path) is None  # another command must not count on it
        assert not Folder(tmp_path).try_lock()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{hub.address}/healthz", timeout=PATIENCE_S)
    with running_hub(tmp_path) as service:
        (listed,) = service.ask("GET", "/v1/alerts").json()["alerts"]
        assert listed["number"] == made.json()["number"] and listed["published_by"].startswith("local:")
        assert service.ask("GET", "/v1/alerts", role=None, token=hub.bearer).status_code == 401


def test_it_takes_the_settings_of_the_environment_but_for_where_it_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_HUB_DEFAULT_LIFE_SECONDS", "60")
    monkeypatch.setenv("TOCSIN_HUB_TLS_CERT", "none.pem")
    monkeypatch.setenv("TOCSIN_HUB_TLS_KEY", "none.pem")
    monkeypatch.setenv("TOCSIN_HUB_HOST", "0.0.0.0")
    with own_hub(tmp_path) as hub:
        assert hub.address.startswith("http://127.0.0.1:")
        headers = {"Authorization": f"Bearer {hub.bearer}"}
        body = alert()
        requests.post(f"{hub.address}/v1/alerts", json=body, headers=headers, timeout=PATIENCE_S)
        (listed,) = requests.get(f"{hub.address}/v1/alerts", headers=headers, timeout=PATIENCE_S).json()["alerts"]
        assert listed["expires"] < "2100"


def test_where_a_hub_runs_it_does_not_begin(tmp_path: Path) -> None:
    with running_hub(tmp_path), pytest.raises(FolderInUseError), own_hub(tmp_path):
        raise AssertionError("two hubs on one folder")


def test_what_fails_in_the_command_ends_it_too(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="mine"), own_hub(tmp_path):
        raise ValueError("mine")
    assert Folder(tmp_path).try_lock()
