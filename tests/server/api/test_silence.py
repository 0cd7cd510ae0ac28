from __future__ import annotations

from server.hub import Role
from server.store import silences
from tests.support.hub import RunningHub


def test_who_is_silent(hub: RunningHub) -> None:
    assert hub.ask("GET", "/v1/silence", role=Role.VIEWER).json() == {"watched": []}
    now = hub.hub.now()
    for kind, name in (("area", "KE-047"), ("area", "UG"), ("sender", "who")):
        is_area = kind == "area"
        hub.do(
            hub.hub.write(
                lambda db, kind=kind, name=name, is_area=is_area: silences.begin_silence(  # type: ignore[misc]
                    db, kind, name, "few", now, is_area=is_area
                )
            )
        )
    everything = hub.ask("GET", "/v1/silence").json()["watched"]
    assert [(one["kind"], one["name"], one["state"]) for one in everything] == [
        *(("area", "KE-047", "silent"), ("area", "UG", "silent"), ("sender", "who", "silent")),
    ]
    district = hub.do(hub.hub.make_token(Role.VIEWER, "kenya", ("KE",)))
    assert [one["name"] for one in hub.ask("GET", "/v1/silence", token=district).json()["watched"]] == ["KE-047"]
