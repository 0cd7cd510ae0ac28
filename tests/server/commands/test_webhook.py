"""`tocsin-hub webhook`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from tests.server.commands.test_token import run
from tests.support.hub import RunningHub, running_hub
from tests.support.other_server import OtherServer, answer, other_server
from tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    data = tmp_path_factory.mktemp("hub") / "data"
    with running_hub(data, outbound_networks=("127.0.0.1/32",)) as running:
        yield running


@pytest.fixture
def receiver() -> Iterator[OtherServer]:
    with other_server() as server:
        server.routes |= {"/hook": answer(b""), "/down": answer(b"", 500)}
        yield server


def test_a_webhook_from_its_beginning_to_its_end(
    hub: RunningHub, receiver: OtherServer, capsys: pytest.CaptureFixture[str]
) -> None:
    data, url = hub.process.settings.data, f"{receiver.address}/hook"
    code, secret, told = run(capsys, "webhook", "add", "ops", url, "--kind", "device.enrolled", "--data", data)
    assert code == 0 and secret.startswith("whsec_") and "shown this once" in told
    hub.enrol()
    wait_until(lambda: receiver.asked_for("/hook"), "the event arrives")
    asked = receiver.asked_for("/hook")[0]
    assert Webhook(secret.strip()).verify(asked.body, dict(asked.headers))["type"] == "device.enrolled"

    listed = " ".join(run(capsys, "webhook", "list", "--data", data)[1].split())
    assert f"│ ops │ {url} │ device.enrolled │ well │" in listed
    shown = run(capsys, "webhook", "show", "ops", "--data", data)[1]
    assert "state         well" in shown and "device.enrolled │ arrived (200)" in shown
    code, said, _ = run(capsys, "webhook", "test", "ops", "--data", data)
    assert code == 0 and said.startswith("ops: arrived (200) after ")

    code, second, told = run(capsys, "webhook", "rotate", "ops", "--keep-hours", "2", "--data", data)
    assert code == 0 and second != secret and "the old one signs too until" in told
    down = f"{receiver.address}/down"
    said = run(capsys, "webhook", "change", "ops", "--url", down, "--all-kinds", "--off", "--data", data)[1]
    assert said == f"ops  {down}  all kinds  off: it was switched off here\n"
    code, said, _ = run(capsys, "webhook", "test", "ops", "--data", data)
    assert code == 1 and "ops: failed: the receiver answered 500" in said
    assert run(capsys, "webhook", "remove", "ops", "--data", data)[:2] == (0, "ops: removed\n")
    assert run(capsys, "webhook", "list", "--data", data)[1] == "There are none.\n"


def test_for_machines(hub: RunningHub, receiver: OtherServer, capsys: pytest.CaptureFixture[str]) -> None:
    data = hub.process.settings.data
    made = json.loads(run(capsys, "webhook", "add", "m", f"{receiver.address}/hook", "--json", "--data", data)[1])
    assert made["kinds"] == [] and made["secret"]
    tried = json.loads(run(capsys, "webhook", "test", "m", "--json", "--data", data)[1])
    assert (tried["arrived"], tried["status"]) == (True, 200)
    (listed,) = json.loads(run(capsys, "webhook", "list", "--json", "--data", data)[1])
    shown = json.loads(run(capsys, "webhook", "show", "m", "--json", "--data", data)[1])
    assert listed["name"] == shown["name"] == "m" and "secret" not in listed
    assert [one["message"] for one in shown["deliveries"]][:1] == [tried["message"]]
    run(capsys, "webhook", "remove", "m", "--data", data)


def test_what_cannot_be_done_is_said(hub: RunningHub, capsys: pytest.CaptureFixture[str]) -> None:
    data = hub.process.settings.data
    for command, words in (
        (("show", "none"), "there is no webhook 'none'"),
        (("add", "x", "http://10.1.2.3/"), "is of a private network"),
        (("add", "x", "no address"), "url"),
        (("change", "x", "--on", "--off"), "say opposite things"),
    ):
        code, _, said = run(capsys, "webhook", *command, "--data", data)
        assert code != 0 and words in said


def test_a_hub_that_does_not_run_is_opened_for_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    assert run(capsys, "token", "make", "--role", "viewer", "--name", "first", "--data", data)[0] == 0
    assert run(capsys, "webhook", "add", "ops", "https://receiver.example/", "--data", data)[0] == 0
    with running_hub(data) as hub:
        assert [one["name"] for one in hub.ask("GET", "/v1/webhooks").json()["webhooks"]] == ["ops"]
