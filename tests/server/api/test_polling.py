"""Lists that wait: answered when there is something, when the time is up, and when the hub stops."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import requests

from server.hub import Role
from server.settings import Limits
from tests.server.api.test_stream import publish
from tests.support.hub import RunningHub, running_hub
from tests.support.waiting import wait_until


def poll(hub: RunningHub, after: str, path: str = "/v1/alerts", **query: Any) -> dict[str, Any]:
    said = hub.ask("GET", path, params={"after": after, **query}, role=Role.VIEWER)
    assert said.status_code == 200, said.text
    found: dict[str, Any] = said.json()
    return found


def waiting(hub: RunningHub, path: str, query: dict[str, Any]) -> tuple[threading.Thread, list[requests.Response]]:
    """A poll in a thread of its own, once the hub has it."""
    found: list[requests.Response] = []
    thread = threading.Thread(target=lambda: found.append(hub.ask("GET", path, params=query, role=Role.VIEWER)))
    thread.start()
    wait_until(lambda: hub.process._streams.count, "somebody waits")
    return thread, found


def test_position_after_position_each_alert_comes_once(hub: RunningHub) -> None:
    position = poll(hub, "0", limit=1000)["position"]
    assert poll(hub, position) == {"alerts": [], "next": None, "position": position}
    publish(hub, "p-1")
    publish(hub, "p-2", {"areas": ["UG"]})
    page = poll(hub, position, limit=1)
    assert ([one["identifier"] for one in page["alerts"]], page["next"] is not None) == (["p-1"], True)
    page = poll(hub, page["position"])
    assert ([one["identifier"] for one in page["alerts"]], page["next"]) == (["p-2"], None)
    assert poll(hub, position, area="KE")["alerts"][0]["identifier"] == "p-1"
    assert poll(hub, position, severity="Extreme")["alerts"] == []


def test_a_position_that_is_not_in_the_log_is_said_with_the_one_to_go_on_from(hub: RunningHub) -> None:
    position = publish(hub, "lost")
    epoch, _, number = position.partition("-")
    for lost in (f"{epoch}-{int(number) + 5}", "7-1", str(int(number) + 5)):
        said = hub.ask("GET", "/v1/alerts", params={"after": lost})
        assert (said.status_code, said.json()["type"]) == (409, "/v1/docs#position-lost")
        assert said.json()["position"] == position
    assert hub.ask("GET", "/v1/alerts?after=x").status_code == 400


def test_a_poll_waits_for_what_is_wanted_and_not_for_else(hub: RunningHub) -> None:
    position = poll(hub, "0", limit=1000)["position"]
    thread, found = waiting(hub, "/v1/alerts", {"after": position, "wait": 60, "area": "UG"})
    publish(hub, "not-wanted", {"areas": ["KE"]})
    assert thread.is_alive()
    publish(hub, "wanted", {"areas": ["UG"]})
    thread.join(60)
    assert [one["identifier"] for one in found[0].json()["alerts"]] == ["wanted"]


def test_events_can_be_waited_for(hub: RunningHub) -> None:
    position = hub.ask("GET", "/v1/events?limit=1000").json()["position"]
    thread, found = waiting(hub, "/v1/events", {"after": position, "wait": 60})
    publish(hub, "an-event")
    thread.join(60)
    assert found[0].json()["events"][0]["kind"] == "alert.published"


def test_a_poll_ends_without_anything_when_its_time_is_up(hub: RunningHub) -> None:
    position = poll(hub, "0", limit=1000)["position"]
    assert poll(hub, position, wait=0.05)["alerts"] == []
    assert hub.ask("GET", "/v1/alerts?wait=61").status_code == 400
    assert hub.ask("HEAD", f"/v1/alerts?after={position}&wait=60").status_code == 200


def test_a_poll_of_who_has_gone_is_given_up(hub: RunningHub) -> None:
    position = poll(hub, "0", limit=1000)["position"]
    with hub.connect() as connection:
        connection.sendall(
            f"GET /v1/alerts?after={position}&wait=60 HTTP/1.1\r\nHost: hub\r\n"
            f"Authorization: Bearer {hub.tokens[Role.VIEWER]}\r\n\r\n".encode()
        )
        wait_until(lambda: hub.process._streams.count, "somebody waits")
    wait_until(lambda: not hub.process._streams.count, "nobody waits")


def test_a_hub_that_stops_answers_who_waits(tmp_path: Path) -> None:
    with running_hub(tmp_path, limits=Limits(stop_seconds=60)) as hub:
        thread, found = waiting(hub, "/v1/alerts", {"after": "0", "wait": 60})
        hub.do(_stop(hub))
        thread.join(60)
        assert (found[0].status_code, found[0].json()["alerts"]) == (200, [])


async def _stop(hub: RunningHub) -> None:
    await hub.process.stop()
