"""Asking over a Unix socket: answers come, and silence is told from them."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsim.site.api import SilentError, ask
from netsim.site.site import Site

pytestmark = pytest.mark.xdist_group("site")


def test_answers_have_a_status_and_a_body(running: Site) -> None:
    assert running.hub.ask("GET", "/healthz").status == 200
    refused = ask(running.hub.api_socket, "GET", "/v1/devices", token="wrong")
    assert refused.status == 401 and refused.body["status"] == 401


def test_a_hub_that_is_not_there_is_silent(tmp_path: Path) -> None:
    with pytest.raises(SilentError, match="GET /healthz"):
        ask(tmp_path / "api", "GET", "/healthz")
