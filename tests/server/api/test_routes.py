"""The table of routes."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.api.operation import operations_of
from server.api.problems import PROBLEMS
from server.api.routes import CONNECT, ROUTES, body_of
from server.delivery import STATES


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
    body = body_of(method, path)
    assert (body is not None and body.is_large) is expected


def test_everything_but_what_watches_the_hub_is_under_a_version() -> None:
    assert {path for path in ROUTES if not path.startswith("/v1/")} == {"/healthz", "/readyz", "/metrics"}


def test_the_manual_has_every_operation_state_and_problem() -> None:
    manual = (Path(__file__).resolve().parents[3] / "docs" / "api.md").read_text()
    operations = {f"{method} {path}" for path, handler in ROUTES.items() for method in operations_of(handler)}
    assert not [one for one in (*operations, f"GET {CONNECT}") if f"`{one}`" not in manual]
    assert not [one for one, row in PROBLEMS.items() if f"| {row.status} | `{one}` | {row.meaning} |" not in manual]
    assert not [one for one, row in STATES.items() if f"| {one} | {row.meaning} | {row.proof} |" not in manual]
