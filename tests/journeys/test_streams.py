"""Who follows a hub over plain HTTP goes on where they stood when the hub comes back: nothing is lost, nothing comes twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.hub import Role
from tests.support.hub_child import HubChild, hub_child
from tests.support.site import warning
from tests.support.stream_readers import HttpxSse, NpmEventSource, Polls, Reader, reader

READERS = [pytest.param(NpmEventSource, marks=pytest.mark.needs("node")), HttpxSse, Polls]


def post(hub: HubChild, path: str, body: dict[str, Any]) -> None:
    said = hub.ask("POST", path, json=body)
    assert said.status_code == 201, said.text


def publish(hub: HubChild, identifier: str) -> None:
    post(hub, "/v1/alerts", {"alert": warning(identifier), "audience": {"everyone": True}})


def different(identifier: str) -> dict[str, Any]:
    return {name: value for name, value in warning(identifier).items() if name != "msgType"}


def end(hub: HubChild, how: str) -> None:
    if how == "kill":
        hub.kill()
    else:
        assert hub.stop() == 0, hub.log()


@pytest.mark.parametrize("how", ["kill", "stop"])
@pytest.mark.parametrize("kind", READERS)
def test_nothing_is_lost_and_nothing_comes_twice_over_restarts_of_the_hub(
    tmp_path: Path, kind: type[Reader], how: str
) -> None:
    with hub_child(tmp_path / "hub") as hub, reader(kind, hub.address, hub.tokens[Role.VIEWER]) as program:
        publish(hub, "before")
        program.go()
        program.until(lambda: program.position, "it stands somewhere")
        seen_at_first = ["before"] if kind is Polls else []
        assert program.seen == seen_at_first, "a stream begins now, a list of alerts with the first"

        end(hub, how)
        program.until(lambda: program.ends == 1, "it notices that the hub has gone")
        hub.start()
        publish(hub, "one")
        program.go()
        program.until_seen("one")
        publish(hub, "two")
        end(hub, how)  # at once: "two" has been sent, or has not
        program.until(lambda: program.ends == 2, "it notices that the hub has gone again")
        stood_at = program.position
        hub.start()
        post(hub, "/v1/alerts/one/update", {"alert": different("three")})
        post(hub, "/v1/alerts/two/cancel", {"alert": {"identifier": "four"}})
        program.go()
        program.until_seen("cancel four")
        publish(hub, "last")
        program.until_seen("last")
        assert program.seen == [*seen_at_first, "one", "two", "update three", "cancel four", "last"]
        assert program.asked[0] is None
        assert program.asked[2] == stood_at, "it came back with the last that it had"
        hub.kill()


@pytest.mark.needs("node")
def test_what_npm_eventsource_is_sent_is_the_alert(tmp_path: Path) -> None:
    with hub_child(tmp_path / "hub") as hub, reader(NpmEventSource, hub.address, hub.tokens[Role.VIEWER]) as program:
        assert isinstance(program, NpmEventSource)
        program.go()
        program.until(lambda: program.position, "it stands somewhere")
        publish(hub, "one")
        program.until_seen("one")
        assert program.data_of("one") == hub.ask("GET", "/v1/alerts/one").json()
