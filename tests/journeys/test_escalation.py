"""A hub that is killed (-9) while a rule runs, or whose gateway is down, tells everybody once, and nobody of what is over."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.session.commits import TakeUplink
from alerts.wire.uplink import Receipt, ReceiptState, pack_uplink
from tests.support.hub import RunningHub, running_hub
from tests.support.hub_child import HubChild, hub_child
from tests.support.other_server import Exchange, OtherServer, answer, other_server
from tests.support.stores import SetClock
from tests.support.waiting import wait_until

RULE = "Extreme, not acknowledged by 80% within 1s: tell contact one; within 6s: tell contact two; within 8s: tell contact three"
CONTACTS = ("one", "two", "three")


@pytest.fixture
def gate() -> Iterator[OtherServer]:
    """The SMS gateway of all three: each has a path of its own."""
    with other_server() as server:
        server.routes |= {f"/{name}": answer(b"ok") for name in CONTACTS}
        yield server


@pytest.fixture
def hub(tmp_path: Path, gate: OtherServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[HubChild]:
    """A hub with the rule, as a process."""
    monkeypatch.setenv("TOCSIN_HUB_CONTACT_SERVICES", '["json"]')
    with hub_child(tmp_path / "data") as child:
        for name in CONTACTS:
            ask(child, "POST", "/v1/contacts", {"name": name, "url": f"json://127.0.0.1:{gate.port}/{name}"})
        yield child


def ask(hub: HubChild | RunningHub, method: str, path: str, body: Any = None) -> Any:
    answered = hub.ask(method, path, json=body)
    assert answered.status_code < 300, answered.text
    return answered.json()


def publish(hub: HubChild | RunningHub, *, holds_s: int = 3600) -> int:
    """An Extreme alert's number."""
    info = {
        "category": ["Health"],
        "event": "Cholera",
        "urgency": "Immediate",
        "severity": "Extreme",
        "certainty": "Observed",
        "expires": (datetime.now(UTC) + timedelta(seconds=holds_s)).strftime("%Y-%m-%dT%H:%M:%S-00:00"),
    }
    alert = {"sender": "ops@health.example", "status": "Actual", "msgType": "Alert", "scope": "Public", "info": [info]}
    number: int = ask(hub, "POST", "/v1/alerts", {"alert": alert, "audience": {"everyone": True}})["number"]
    return number


def record(hub: HubChild | RunningHub, number: int) -> dict[int, dict[str, Any]]:
    """What was done, by step."""
    return {one["step"]: one for one in ask(hub, "GET", f"/v1/alerts/{number}/escalations")["escalations"]}


def telling(hub: HubChild | RunningHub, number: int, step: int) -> dict[str, Any]:
    """The one contact that a step tells; empty: none yet."""
    told = record(hub, number).get(step, {}).get("told")
    found: dict[str, Any] = told[0] if told else {}
    return found


def told(gate: OtherServer) -> list[str]:
    """Whom the gateway was asked to tell, in order."""
    return [asked.path.partition("?")[0].strip("/") for asked in gate.asked]


def test_killed_between_steps_everybody_is_told_once(hub: HubChild, gate: OtherServer) -> None:
    ask(hub, "POST", "/v1/rules", {"name": "three", "rule": RULE})
    number = publish(hub)
    wait_until(lambda: telling(hub, number, 1).get("state") == "sent", "the first is told")
    hub.kill()
    hub.start()
    wait_until(lambda: telling(hub, number, 3).get("state") == "sent", "the last is told")
    wait_until(lambda: telling(hub, number, 2).get("state") == "sent", "the second is told too")
    assert told(gate)[0] == "one" and sorted(told(gate)) == ["one", "three", "two"]
    assert [telling(hub, number, step)["tries"] for step in (1, 2, 3)] == [1, 1, 1]


def test_killed_while_sending_it_is_sent_once_more_and_never_a_third_time(hub: HubChild, gate: OtherServer) -> None:
    holds = threading.Event()
    gate.routes["/one"] = lambda exchange: _hold(exchange, holds)
    ask(hub, "POST", "/v1/rules", {"name": "one", "rule": "Extreme, at once: tell contact one"})
    number = publish(hub)
    for time_ in (1, 2):
        wait_until(lambda time_=time_: len(gate.asked) == time_, "the gateway is being asked")  # type: ignore[misc]
        hub.kill()
        hub.start()
    wait_until(lambda: telling(hub, number, 1).get("state") == "given-up", "it is given up")
    holds.set()
    assert told(gate) == ["one", "one"]
    found = telling(hub, number, 1)
    assert found["may_have_arrived_twice"] and found["tries"] == 2 and "ended twice" in found["words"]


def test_killed_while_sending_and_sent_then_it_is_marked(hub: HubChild, gate: OtherServer) -> None:
    holds = threading.Event()
    gate.routes["/one"] = lambda exchange: _hold(exchange, holds)
    ask(hub, "POST", "/v1/rules", {"name": "one", "rule": "Extreme, at once: tell contact one"})
    number = publish(hub)
    wait_until(lambda: gate.asked, "the gateway is being asked")
    assert telling(hub, number, 1).get("state") == "sending", "it is written down before the gateway is asked"
    hub.kill()
    gate.routes["/one"] = answer(b"ok")
    holds.set()
    hub.start()
    wait_until(lambda: telling(hub, number, 1).get("state") == "sent", "it is sent")
    found = telling(hub, number, 1)
    assert told(gate) == ["one", "one"] and found["may_have_arrived_twice"]
    assert found["text"] == json.loads(gate.asked[-1].body)["message"]


def test_killed_until_the_alert_is_over_nothing_more_goes_out(hub: HubChild, gate: OtherServer) -> None:
    ask(hub, "POST", "/v1/rules", {"name": "three", "rule": RULE})
    number = publish(hub, holds_s=7)
    over = time.time() + 7
    wait_until(lambda: telling(hub, number, 1).get("state") == "sent", "the first is told")
    hub.kill()
    wait_until(lambda: time.time() > over + 1, "the alert is over, and two steps were due")
    hub.start()
    wait_until(lambda: record(hub, number)[3]["state"] == "stopped", "the rule has stopped")
    assert [record(hub, number)[step]["words"] for step in (2, 3)] == ["the alert has expired"] * 2
    assert told(gate) == ["one"]


def test_a_gateway_that_is_down_for_an_hour_is_told_once_what_is_then_true(tmp_path: Path, gate: OtherServer) -> None:
    clock = SetClock(time.time())
    with running_hub(tmp_path / "data", clock.hub_clock(), contact_services=("json",)) as hub:

        def later(minutes: int) -> None:
            clock.pass_seconds(60 * minutes)
            hub.do(_look(hub))

        devices = [hub.enrol(areas=("KE-047",), name=f"Clinic {letter}")[0] for letter in "ABC"]
        for name, role in (("one", "officer"), ("two", "")):
            url = f"json://127.0.0.1:{gate.port}/{name}"
            body = {"name": name, "url": url, "roles": [role] if role else [], "areas": ["KE-047"] if role else []}
            assert hub.ask("POST", "/v1/contacts", json=body).status_code == 201
        rule = "Extreme, not acknowledged by 80% within 30m: tell role officer; within 3h: tell contact two"
        assert hub.ask("POST", "/v1/rules", json={"name": "r", "rule": rule}).status_code == 201
        gate.routes["/one"] = answer(b"down", 503)
        number = publish(hub, holds_s=86_400)
        later(30)
        for _ in range(12):
            later(5)
        tries = len(gate.asked)
        assert tries > 4 and set(told(gate)) == {"one"}
        found = telling(hub, number, 1)
        assert (found["state"], found["tries"]) == ("failed", tries) and "refused it with 503" in found["words"]
        hub.do(_acknowledge(hub, devices[0], number))
        gate.routes["/one"] = answer(b"ok")
        later(10)
        assert told(gate)[tries:] == ["one"]
        text = json.loads(gate.asked[-1].body)["message"]
        assert "2 of 3 devices in KE-047 have not acknowledged, 1 h 40 min after it was sent (1 h 10 min late)" in text
        assert "Not yet: Clinic B, Clinic C." in text and telling(hub, number, 1)["text"] == text
        for device in devices[1:]:
            hub.do(_acknowledge(hub, device, number))
        later(600)
        assert told(gate)[tries:] == ["one"]
        assert record(hub, number)[2]["words"] == "acknowledged by 3 of 3 devices"


async def _look(hub: RunningHub) -> None:
    await hub.hub.tick()
    for _ in range(2):
        await hub.process.ops.escalation.look()
        await hub.process.ops.escalation.landed()


async def _acknowledge(hub: RunningHub, device: str, number: int) -> None:
    item = Receipt(hub.hub.now(), ReceiptState.ACKNOWLEDGED, hub.hub.log.path.epoch_at(number), number)
    outcome = await hub.hub.take_uplink(device, TakeUplink(50, 0, 1, ((1, pack_uplink(item)),)))
    assert not outcome.refusals
    await _look(hub)


def _hold(exchange: Exchange, until: threading.Event) -> None:
    until.wait(60)
    answer(b"ok")(exchange)
