"""The key that a hub leaves for commands on its machine: who may read it, how long it holds, what it opens."""

from __future__ import annotations

import os
import signal
import stat
from pathlib import Path

import httpx
import pytest
import requests

from server import local_access
from server.local_access import PinnedContext
from tests.server.test_process import Started, make_certificate
from tests.support.hub import PATIENCE_S, RunningHub, running_hub


def status(hub: RunningHub, bearer: str) -> int:
    return hub.ask("GET", "/v1/devices", role=None, token=bearer).status_code


def test_the_key_opens_the_running_hub_as_an_admin_and_only_the_owner_can_read_it(tmp_path: Path) -> None:
    with running_hub(tmp_path) as hub:
        found = local_access.find(tmp_path)
        assert found is not None and found.address == hub.address and found.certificate is None
        assert stat.S_IMODE((tmp_path / local_access.FILE).stat().st_mode) == 0o600
        assert not list(tmp_path.glob("*.partial"))
        assert status(hub, found.bearer) == status(hub, found.key) == 200
        assert hub.ask("POST", "/v1/enrolment-codes", role=None, token=found.bearer, json={}).status_code == 201
        assert status(hub, f"x{found.bearer}") == status(hub, f"{found.key}x") == status(hub, ".") == 401
        assert not any(token.name.startswith("local") for token in hub.do(hub.hub.tokens()))
        assert found.key not in str(vars(hub.hub.local_key))
    assert local_access.find(tmp_path) is None


def test_with_sudo_it_is_who_called_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "amina")
    assert local_access.user_name() == "amina"
    monkeypatch.delenv("SUDO_USER")
    assert local_access.user_name()


def test_what_a_killed_hub_has_left_is_replaced_by_the_next_and_its_key_opens_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    killed = Started(data)
    stale = local_access.find(data)
    assert stale is not None
    os.kill(killed.process.pid, signal.SIGKILL)
    killed.process.communicate()
    assert local_access.find(data) == stale
    with running_hub(data) as hub:
        found = local_access.find(data)
        assert found is not None and found != stale and found.address == hub.address
        assert status(hub, stale.bearer) == 401 and status(hub, found.bearer) == 200


def test_a_hub_that_cannot_leave_its_key_serves_all_the_same(tmp_path: Path) -> None:
    (tmp_path / local_access.FILE).mkdir(parents=True)
    with running_hub(tmp_path) as hub:
        assert hub.ask("GET", "/v1/devices").status_code == 200
        assert hub.hub.local_key is None and local_access.find(tmp_path) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"address": "http://x"}', '"x"'])
def test_a_file_that_says_nothing_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / local_access.FILE).write_text(content)
    assert local_access.find(tmp_path) is None


def test_the_certificate_is_known_by_its_fingerprint_and_another_is_sent_nothing(tmp_path: Path) -> None:
    cert, key = make_certificate(tmp_path)
    (tmp_path / "other").mkdir()
    other, _ = make_certificate(tmp_path / "other")
    cert.write_bytes(cert.read_bytes() + other.read_bytes())  # a chain: the hub's own is the first
    with running_hub(tmp_path / "data", tls_cert=cert, tls_key=key) as hub:
        found = local_access.find(tmp_path / "data")
        assert found is not None and found.certificate == local_access.fingerprint(cert) and "127.0.0.1" in hub.address
        with pytest.raises(requests.exceptions.SSLError):  # the name in it is localhost
            requests.get(f"{hub.address}/healthz", verify=str(cert), timeout=PATIENCE_S)
        with httpx.Client(verify=PinnedContext.of(found.certificate)) as client:
            assert client.get(f"{found.address}/healthz").status_code == 200
        with (
            httpx.Client(verify=PinnedContext.of(local_access.fingerprint(other))) as client,
            pytest.raises(httpx.ConnectError, match="another certificate"),
        ):
            client.get(f"{found.address}/healthz")
