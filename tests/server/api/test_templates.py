"""`/v1/templates`: those of the program, and those of the house."""

from __future__ import annotations

from typing import Any

from server.hub import Role
from server.ops.template_library import shipped
from tests.support.hub import RunningHub


def test_one_of_the_house_takes_the_place_of_the_program_s_until_it_is_removed(hub: RunningHub) -> None:
    names = [one["name"] for one in hub.ask("GET", "/v1/templates", role=Role.AUTHOR).json()["templates"]]
    assert names == sorted(shipped())
    found = hub.ask("GET", "/v1/templates/flood").json()
    body = {name: one for name, one in found.items() if name not in ("name", "changed_by", "changed_at", "shipped")}
    changed = hub.ask("PUT", "/v1/templates/flood", role=Role.APPROVER, json={**body, "holds_hours": 12})
    said = changed.json()
    assert (said["holds_hours"], said["changed_by"], said["shipped"]) == (12, "the-approver", True)
    assert hub.ask("DELETE", "/v1/templates/flood", role=Role.APPROVER).status_code == 204
    assert hub.ask("GET", "/v1/templates/flood").json() == found
    assert hub.ask("DELETE", "/v1/templates/flood", role=Role.APPROVER).status_code == 404


def test_a_new_one_has_a_plain_name(hub: RunningHub) -> None:
    body: dict[str, Any] = {
        "title": {"en": "Locusts"},
        "urgency": "Expected",
        "severity": "Moderate",
        "certainty": "Likely",
    }
    body |= {"holds_hours": 24, "text": {"en": {"event": "Locusts in {place}"}}, "blanks": {"place": {"en": "where"}}}
    refused = hub.ask("PUT", "/v1/templates/Locust%20s", role=Role.APPROVER, json=body)
    assert (refused.status_code, [one["path"] for one in refused.json()["violations"]]) == (422, ["name"])
    made = hub.ask("PUT", "/v1/templates/locusts", role=Role.APPROVER, json=body)
    assert (made.status_code, made.json()["shipped"]) == (200, False)
    assert hub.ask("DELETE", "/v1/templates/locusts", role=Role.APPROVER).status_code == 204
