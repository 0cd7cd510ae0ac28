"""The table of routes."""

from __future__ import annotations

import pytest

from server.api.routes import ROUTES, is_large


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("POST", "/v1/alerts", True),
        ("GET", "/v1/alerts", False),
        ("POST", "/v1/alerts/a%2Fb/update", True),
        ("POST", "/v1/alerts/a/b/update", False),
        ("POST", "/v1/enrolments", False),
        ("POST", "/v1/nowhere", False),
        ("POST", "/v1/alertsX", False),
    ],
)
def test_only_alerts_may_be_large(method: str, path: str, expected: bool) -> None:
    assert is_large(method, path) is expected


def test_everything_but_what_watches_the_hub_is_under_a_version() -> None:
    assert {path for path in ROUTES if not path.startswith("/v1/")} == {"/healthz", "/readyz", "/metrics"}
