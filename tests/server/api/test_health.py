"""Health, readiness, metrics."""

from __future__ import annotations

import pytest

from tests.support.hub import RunningHub


def test_health_and_readiness_are_open(hub: RunningHub) -> None:
    assert hub.ask("GET", "/healthz", role=None).json() == {"status": "alive"}
    ready = hub.ask("GET", "/readyz", role=None)
    assert ready.status_code == 200
    store = next(check for check in ready.json()["checks"] if check["name"] == "store")
    assert store["ok"] and "survive" in store["words"], "it says what a publish is proof against"


def test_a_hub_that_is_not_ready_says_what_is_wrong(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.hub.DISK_FREE_BYTES_MIN", 2**80)
    response = hub.ask("GET", "/readyz", role=None)
    assert response.status_code == 503
    assert [check["name"] for check in response.json()["checks"] if not check["ok"]] == ["disk"]
    assert hub.ask("GET", "/healthz", role=None).status_code == 200


@pytest.mark.parametrize(
    ("accept", "kind"),
    [("", "text/plain"), ("application/openmetrics-text; version=1.0.0", "application/openmetrics-text")],
)
def test_metrics_come_in_the_format_asked_for(hub: RunningHub, accept: str, kind: str) -> None:
    response = hub.ask("GET", "/metrics", headers={"Accept": accept})
    assert response.headers["Content-Type"].startswith(kind)
    for name in ("tocsin_http_requests_total", "tocsin_log_head", "tocsin_devices_connected", "process_open_fds"):
        assert name in response.text
    assert 'route="/metrics"' in hub.ask("GET", "/metrics").text
