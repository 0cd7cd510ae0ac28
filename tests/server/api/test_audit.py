"""The audit log over the API: every decision of every kind is in it, by whom, and its chain holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from server.audit_export import read_export
from server.hub import Role
from tests.support.cap_alerts import example
from tests.support.hub import RunningHub, running_hub
from tests.support.people import signed_in


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub"), contact_services=("default", "json")) as running:
        running.do(running.hub.import_areas([("KE", "Kenya"), ("KE-047", "Nairobi")]))
        yield running


def alert() -> dict[str, Any]:
    members = example(identifier=None, sent=None)
    for info in members["info"]:
        info.pop("expires", None)
    return {"alert": members, "audience": {"areas": ["KE-047"]}}


def newest(hub: RunningHub, **wanted: Any) -> list[tuple[str, str, str]]:
    rows = hub.ask("GET", "/v1/audit", params=wanted).json()["rows"]
    return [(row["by"], row["action"], row["subject"]) for row in rows]


def test_every_decision_is_noted_with_who_made_it(hub: RunningHub) -> None:
    boss = signed_in(hub, Role.ADMINISTRATOR, "boss")
    device, _ = hub.enrol()

    def done(method: str, path: str, body: Any = None) -> Any:
        answer = boss.ask(method, path, json=body)
        assert answer.ok, (path, answer.text)
        return answer.json() if answer.content else None

    number = done("POST", "/v1/alerts", alert())["number"]
    done("POST", f"/v1/alerts/{number}/update", {"alert": {"info": alert()["alert"]["info"]}})
    done("POST", f"/v1/alerts/{number + 1}/cancel", {"alert": {"note": "over"}})
    done("POST", "/v1/enrolment-codes", {"name": "Amina", "areas": ["KE-047"]})
    done("PATCH", f"/v1/devices/{device}", {"areas": ["KE-047"], "name": "post 7"})
    done("DELETE", f"/v1/devices/{device}")
    done("POST", "/v1/tokens", {"role": "viewer", "name": "program"})
    done("DELETE", "/v1/tokens/program")
    done("DELETE", "/v1/tokens/program")
    done("POST", "/v1/contacts", {"name": "otieno", "url": "json://127.0.0.1:9/s3cret"})
    done("PATCH", "/v1/contacts/otieno", {"url": "json://127.0.0.1:9/other-s3cret", "areas": ["KE"]})
    done("DELETE", "/v1/contacts/otieno")
    done("POST", "/v1/webhooks", {"name": "hook", "url": "https://receiver.example/", "kinds": ["feed.held"]})
    done("PATCH", "/v1/webhooks/hook", {"enabled": False})
    done("POST", "/v1/webhooks/hook/rotate", {})
    done("DELETE", "/v1/webhooks/hook")
    done("POST", "/v1/feeds-in", {"name": "who", "address": "https://feed.example/atom", "paused": True})
    done("PATCH", "/v1/feeds-in/who", {"interval_seconds": 600})
    done("DELETE", "/v1/feeds-in/who")
    done("POST", "/v1/dictionaries/shipped/use")
    done("POST", "/v1/people", {"name": "amina", "role": "author"})
    done("PATCH", "/v1/people/amina", {"role": "approver"})
    done("POST", "/v1/people/amina/invitation")
    found = newest(hub, by="boss", limit=100)[::-1]
    assert [(action, subject) for _, action, subject in found if not action.startswith(("session.", "password."))] == [
        ("alert.published", str(number)),
        ("alert.updated", str(number + 1)),
        ("alert.cancelled", str(number + 2)),
        ("code.made", "Amina"),
        ("device.changed", device),
        ("device.revoked", device),
        ("token.made", "program"),
        ("token.revoked", "program"),
        ("contact.added", "otieno"),
        ("contact.changed", "otieno"),
        ("contact.removed", "otieno"),
        ("webhook.added", "hook"),
        ("webhook.changed", "hook"),
        ("webhook.changed", "hook"),
        ("webhook.removed", "hook"),
        ("feed.added", "who"),
        ("feed.changed", "who"),
        ("feed.removed", "who"),
        ("dictionary.used", found[-4][2]),
        ("person.added", "amina"),
        ("person.changed", "amina"),
        ("person.invited", "amina"),
    ]
    assert "s3cret" not in hub.ask("GET", "/v1/audit/export").text


def test_what_is_refused_is_no_decision(hub: RunningHub) -> None:
    before = newest(hub, limit=1)
    hub.ask("POST", "/v1/tokens", json={"role": "viewer", "name": "the-viewer"})
    hub.ask("DELETE", "/v1/contacts/nobody")
    hub.ask("POST", "/v1/alerts", json=alert() | {"audience": {"areas": ["XX"]}})
    assert newest(hub, limit=1) == before


def test_pages_and_filters(hub: RunningHub) -> None:
    for name in "abc":
        hub.ask("POST", "/v1/tokens", json={"role": "viewer", "name": f"page-{name}"})
    first = hub.ask("GET", "/v1/audit", params={"action": "token.", "limit": 2}).json()
    assert [row["subject"] for row in first["rows"]] == ["page-c", "page-b"]
    second = hub.ask("GET", "/v1/audit", params={"action": "token.", "limit": 1, "before": first["before"]}).json()
    assert [row["subject"] for row in second["rows"]] == ["page-a"]
    assert newest(hub, subject="page-b") == [("the-administrator", "token.made", "page-b")]
    assert newest(hub, until="2000-01-01T00:00:00Z") == [] and newest(hub, since="2999-01-01T00:00:00Z") == []
    for wrong in ({"action": "Token"}, {"until": "0.5"}, {"since": "2026-11-28"}, {"since": "2026-13-28T00:00:00Z"}):
        assert hub.ask("GET", "/v1/audit", params=wrong).status_code == 400, wrong
    assert hub.ask("GET", "/v1/audit", params={"action": "nothing."}).json() == {"rows": [], "before": None}


def test_an_export_is_one_chain_and_a_later_log_continues_it(hub: RunningHub) -> None:
    answer = hub.ask("GET", "/v1/audit/export")
    assert answer.headers["Content-Type"] == "application/x-ndjson"
    export = read_export(answer.text.splitlines())
    assert export.verify().problem == "" and export.rows[-1].action == "audit.exported"
    assert (export.rows[-1].by, export.head.number) == ("the-administrator", len(export.rows))
    kept = {"number": export.head.number, "hash": export.head.hash.hex()}
    hub.ask("POST", "/v1/tokens", json={"role": "viewer", "name": "later"})
    found = hub.ask("GET", "/v1/audit/verification", params=kept).json()
    assert found["is_whole"] and found["number"] > export.head.number and len(found["hash"]) == 64
    for wrong in (kept | {"hash": "0" * 64}, kept | {"number": 10**6}):
        said = hub.ask("GET", "/v1/audit/verification", params=wrong).json()
        assert not said["is_whole"] and "what you have kept" in said["problem"]


def test_who_is_bound_to_areas_reads_none_of_it(hub: RunningHub) -> None:
    bound = hub.do(hub.hub.make_token(Role.ADMINISTRATOR, "of-a-district", ("KE-047",)))
    for path in ("/v1/audit", "/v1/audit/export", "/v1/audit/verification"):
        assert hub.ask("GET", path, token=bound).status_code == 403
        assert hub.ask("GET", path, role=Role.APPROVER).status_code == 403


def test_the_lines_are_json(hub: RunningHub) -> None:
    lines = [json.loads(line) for line in hub.ask("GET", "/v1/audit/export").text.splitlines()]
    assert set(lines[0]) == {"number", "at", "by", "action", "subject", "members", "hash"}
    assert set(lines[-1]) == {"head", "hash"} and lines[-1]["hash"] == lines[-2]["hash"]
