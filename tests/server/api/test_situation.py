"""`GET /v1/situation` on a real hub."""

from __future__ import annotations

from server.hub import Role
from tests.server.api.test_answers import publish
from tests.server.api.test_progress import acknowledge
from tests.support.hub import RunningHub


def test_it_is_as_of_the_moment_and_within_the_areas_of_who_asks(hub: RunningHub) -> None:
    said = publish(hub, None)
    device, _ = hub.enrol(areas=("KE-3-1",))
    token = hub.do(hub.hub.make_token(Role.VIEWER, "third", ("KE-3",)))
    for acknowledged in (0, 1):
        found = hub.ask("GET", "/v1/situation", role=Role.VIEWER).json()
        row = next(one for one in found["alerts"] if one["number"] == said["number"])
        assert row["counts"] == hub.ask("GET", f"/v1/alerts/{said['number']}/delivery").json()["counts"]
        assert row["counts"]["acknowledged"] == acknowledged
        areas = {one["area"]: one for one in hub.ask("GET", "/v1/situation", token=token).json()["areas"]}
        assert set(areas) == {"KE-3", "KE-3-1"} and areas["KE-3"]["lacking"] == 1 - acknowledged
        acknowledge(hub, device, said["number"], said["epoch"])
    hub.ask("POST", f"/v1/alerts/{said['number']}/cancel", json={})
    found = hub.ask("GET", "/v1/situation").json()
    assert said["number"] not in [one["number"] for one in found["alerts"]]
