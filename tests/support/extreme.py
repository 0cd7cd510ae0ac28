"""Alerts that need a second person, and what tests do with drafts over the API."""

from __future__ import annotations

from typing import Any

from server.hub import Role
from tests.support.hub import RunningHub


def alert_body(severity: str = "Extreme", *, headline: str = "Leave the valley now", **alert: Any) -> dict[str, Any]:
    """What a publish takes, for everybody."""
    info = {
        "language": "en",
        "category": ["Geo"],
        "event": "Dam break",
        "urgency": "Immediate",
        "severity": severity,
        "certainty": "Observed",
        "headline": headline,
        "area": [{"areaDesc": "The valley"}],
    }
    head = {"sender": "ops@example.org", "status": "Actual", "msgType": "Alert", "scope": "Public"}
    return {"alert": {**head, "info": [info], **alert}, "audience": {"everyone": True}}


def made(hub: RunningHub, role: Role = Role.AUTHOR, **body: Any) -> dict[str, Any]:
    """A new draft."""
    response = hub.ask("POST", "/v1/drafts", role=role, json={**alert_body(), **body})
    assert response.status_code == 201, response.text
    found: dict[str, Any] = response.json()
    return found


def do(
    hub: RunningHub, draft: dict[str, Any], verb: str, role: Role = Role.AUTHOR, status: int = 200, **body: Any
) -> dict[str, Any]:
    """One decision about a draft as it was last seen; what was answered."""
    said = {"version": draft["version"], **body}
    response = hub.ask("POST", f"/v1/drafts/{draft['id']}/{verb}", role=role, json=said)
    assert response.status_code == status, response.text
    found: dict[str, Any] = response.json()
    return found
