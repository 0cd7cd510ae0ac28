from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from server.hub import Role
from tests.support.hub import RunningHub, running_hub
from tests.support.other_server import answer, other_server


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub"), contact_services=("default", "json")) as running:
        running.do(running.hub.import_areas([("KE", "Kenya")]))
        yield running


def test_contacts_by_the_api(hub: RunningHub) -> None:
    body = {"name": "amina", "url": "mailto://user:s3cret@example.org", "roles": ["officer"], "areas": ["KE-047"]}
    added = hub.ask("POST", "/v1/contacts", json=body)
    assert added.status_code == 201 and added.json()["service"] == "mailto" and "s3cret" not in added.text
    assert hub.ask("POST", "/v1/contacts", json=body).status_code == 409
    changed = hub.ask("PATCH", "/v1/contacts/amina", json={"language": "sw", "areas": []})
    assert changed.json() | {"changed_at": ""} == added.json() | {"language": "sw", "areas": [], "changed_at": ""}
    for role in Role:
        listed = hub.ask("GET", "/v1/contacts", role=role)
        assert [one["name"] for one in listed.json()["contacts"]] == ["amina"] and "s3cret" not in listed.text
    assert hub.ask("DELETE", "/v1/contacts/amina").status_code == 204
    assert hub.ask("GET", "/v1/contacts/amina").json()["type"].endswith("#unknown-contact")


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ({"url": "syslog://localhost"}, "contact-invalid"),
        ({"url": "twilio://half"}, "contact-invalid"),
        ({"areas": ["TZ"]}, "unknown-area"),
        ({"name": "with space"}, "content-invalid"),
    ],
)
def test_what_is_wrong_is_said_without_the_address(hub: RunningHub, body: dict[str, object], problem: str) -> None:
    said = hub.ask("POST", "/v1/contacts", json={"name": "x", "url": "mailto://a:s3cret@example.org", **body})
    assert said.json()["type"].endswith(f"#{problem}")
    assert "s3cret" not in said.text and "half" not in said.text


def test_only_an_admin_of_the_whole_hub_decides(hub: RunningHub) -> None:
    body = {"name": "otieno", "url": "mailto://a:b@example.org"}
    for role in (Role.VIEWER, Role.AUTHOR):
        assert hub.ask("POST", "/v1/contacts", role=role, json=body).status_code == 403
    district = hub.do(hub.hub.make_token(Role.ADMINISTRATOR, "district", ("KE",)))
    for method, path in (("POST", ""), ("PATCH", "/x"), ("DELETE", "/x"), ("POST", "/x/test")):
        options: dict[str, Any] = {"json": body if path == "" else {}} if method != "DELETE" else {}
        said = hub.ask(method, f"/v1/contacts{path}", token=district, **options)
        assert said.json()["type"].endswith("#outside-areas")


def test_a_test_is_sent_and_says_so(hub: RunningHub) -> None:
    with other_server() as server:
        server.routes["/sms"] = answer(b"ok")
        hub.ask("POST", "/v1/contacts", json={"name": "gate", "url": f"json://127.0.0.1:{server.port}/sms"})
        assert hub.ask("POST", "/v1/contacts/gate/test").json() == {"sent": True, "words": ""}
        assert json.loads(server.asked[0].body)["message"].startswith("TEST. ")
        server.routes["/sms"] = answer(b"no", 401)
        said = hub.ask("POST", "/v1/contacts/gate/test").json()
        assert said == {"sent": False, "words": "the gateway refused it with 401"}
        assert hub.ask("POST", "/v1/contacts/none/test").status_code == 404


def test_a_device_has_a_supervisor(hub: RunningHub) -> None:
    hub.ask("POST", "/v1/contacts", json={"name": "wanjiru", "url": "mailto://a:b@example.org"})
    device, _ = hub.enrol(areas=("KE-047",))
    path = f"/v1/devices/{device}"
    assert hub.ask("GET", path).json()["supervisor"] is None
    assert hub.ask("PATCH", path, json={"supervisor": "wanjiru"}).json()["supervisor"] == "wanjiru"
    assert hub.ask("PATCH", path, json={"name": "Clinic"}).json()["supervisor"] == "wanjiru"
    unknown = hub.ask("PATCH", path, json={"supervisor": "nobody"})
    assert unknown.json()["type"].endswith("#contact-invalid")
    assert hub.ask("PATCH", path, json={"supervisor": ""}).json()["supervisor"] is None
