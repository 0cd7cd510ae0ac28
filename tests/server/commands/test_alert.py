"""`tocsin-hub alert`, against a real hub: what is published, and what is shown of it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from server.hub import Role
from tests.server.api.test_answers import answer, publish
from tests.server.api.test_problems import alert
from tests.server.commands.test_token import run
from tests.support.hub import RunningHub, running_hub
from tests.support.questions import ONE_OF

Command = Callable[..., tuple[int, str, str]]
FLAGS = ("--event", "Cholera", "--severity", "Severe", "--headline", "Boil all water", "--sender", "ops@health.example")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub") / "data") as running:
        running.do(running.hub.import_areas([("KE", "Kenya"), ("KE-047", "Nairobi"), ("UG", "Uganda")]))
        yield running


@pytest.fixture
def command(hub: RunningHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """`tocsin-hub alert …` at this hub."""
    monkeypatch.setenv("TOCSIN_HUB_DATA", str(hub.process.settings.data))
    for name in ("TOCSIN_API", "TOCSIN_SENDER"):
        monkeypatch.delenv(name, raising=False)
    return lambda *words: run(capsys, "alert", *words)


def made(said: tuple[int, str, str]) -> dict[str, Any]:
    code, out, errors = said
    assert code == 0, errors
    found: dict[str, Any] = json.loads(out)
    return found


def stored(hub: RunningHub, number: int) -> dict[str, Any]:
    found: dict[str, Any] = hub.ask("GET", f"/v1/alerts/{number}").json()
    return found


# -- publishing -------------------------------------------------------------------------------------------------------


def test_flags_publish_with_the_names_of_the_areas(hub: RunningHub, command: Command) -> None:
    said = made(
        command("publish", *FLAGS, "--area", "KE-047", "--area", "UG", "--role", "chw", "--expires", "2h", "--json")
    )
    found = stored(hub, said["number"])
    assert found["audience"] == {"areas": ["KE-047", "UG"], "roles": ["chw"], "devices": [], "everyone": False}
    assert found["alert"]["info"][0]["area"] == [{"areaDesc": "Nairobi, Uganda"}]
    assert found["published_by"].startswith("local:") and found["alert"]["status"] == "Actual"
    said = made(command("publish", *FLAGS, "--everyone", "--status", "Exercise", "--json"))
    assert stored(hub, said["number"])["alert"]["status"] == "Exercise"


def test_a_json_file_is_published_with_its_own_audience_or_that_of_the_flags(
    hub: RunningHub, command: Command, tmp_path: Path
) -> None:
    file = tmp_path / "alert.json"
    file.write_text(json.dumps(alert()))
    code, out, errors = command("publish", file)
    assert code == 0 and out.startswith("Published: number ") and "alert delivery" in errors
    file.write_text(json.dumps(alert()["alert"]))
    number = made(command("publish", file, "--area", "KE", "--json"))["number"]
    assert stored(hub, number)["audience"]["areas"] == ["KE"]
    assert "Nobody" in command("publish", file)[2] or "nobody" in command("publish", file)[2]


def test_a_cap_file_is_published_as_it_is(hub: RunningHub, command: Command, tmp_path: Path) -> None:
    number = hub.ask("POST", "/v1/alerts", json=alert()).json()["number"]
    code, xml, _ = command("show", str(number), "--xml")
    file = tmp_path / "alert.xml"
    file.write_text(xml.replace("<identifier>", "<identifier>of-"))
    found = stored(hub, made(command("publish", file, "--device", hub.enrol()[0], "--role", "chw", "--json"))["number"])
    assert code == 0 and found["identifier"].startswith("of-") and found["audience"]["roles"] == ["chw"]


def test_one_key_publishes_once(command: Command) -> None:
    said = [
        made(
            command(
                "publish", *FLAGS, "--everyone", "--expires", "2099-01-01T00:00Z", "--idempotency-key", "k", "--json"
            )
        )
        for _ in range(2)
    ]
    assert said[0]["number"] == said[1]["number"]


def test_an_update_by_flags_changes_the_words_and_one_by_file_says_what_holds(
    hub: RunningHub, command: Command, tmp_path: Path
) -> None:
    number = made(command("publish", *FLAGS, "--area", "KE", "--json"))["number"]
    newer = made(command("update", str(number), "--headline", "Boil for a minute", "--json"))["number"]
    info = stored(hub, newer)["alert"]["info"][0]
    assert (info["headline"], info["event"]) == ("Boil for a minute", "Cholera")
    assert stored(hub, number)["replaced_by"] == newer and stored(hub, newer)["audience"]["areas"] == ["KE"]
    file = tmp_path / "newer.json"
    file.write_text(json.dumps({"info": [info | {"severity": "Minor"}]}))
    newest = made(command("update", str(newer), file, "--area", "UG", "--json"))["number"]
    assert stored(hub, newest)["severity"] == "Minor" and stored(hub, newest)["audience"]["areas"] == ["UG"]
    code, out, _ = command("cancel", str(newest), "--note", "It is over.")
    assert code == 0 and out.startswith("Cancelled: number ")
    assert not stored(hub, newest)["in_force"]
    code, _, errors = command("update", str(number), "--headline", "x")
    assert code == 1 and "was replaced by" in errors and "newest version" in errors


def test_words_in_several_languages_are_not_changed_by_flags(hub: RunningHub, command: Command) -> None:
    body = alert()
    body["alert"]["info"] = [body["alert"]["info"][0] | {"language": tag} for tag in ("en", "sw")]
    number = hub.ask("POST", "/v1/alerts", json=body).json()["number"]
    code, _, errors = command("update", str(number), "--headline", "x")
    assert code == 2 and "words in en, sw" in errors and "alert show" in errors


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("publish",), "what is to be published?"),
        (("publish", "none.xml"), "cannot read none.xml"),
        (("publish", *FLAGS), "nobody is addressed"),
        (("publish", *FLAGS[:-2], "--everyone"), "TOCSIN_SENDER"),
        (("publish", "a.xml", *FLAGS), "not both"),
        (("publish", *FLAGS, "--area", "XX"), "unknown area XX"),
        (("publish", "--event", "Cholera", "--severity", "bad"), '"Severe"'),
        (("update", "1"), "what is different?"),
        (("show", "none"), "no alert 'none'"),
        (("delivery", "none"), "no alert 'none'"),
        (("cancel", "none"), "no alert 'none'"),
    ],
)
def test_what_cannot_be_is_told(command: Command, words: tuple[str, ...], expected: str) -> None:
    code, _, errors = command(*words)
    assert code != 0 and expected in errors and "Traceback" not in errors


# -- looking ----------------------------------------------------------------------------------------------------------


def test_the_list_has_what_is_in_force_and_on_request_what_is_over(hub: RunningHub, command: Command) -> None:
    number = made(command("publish", *FLAGS, "--area", "KE", "--json"))["number"]
    assert "│ in force" in command("list")[1]
    by = made(command("cancel", str(number), "--json"))["number"]
    assert number not in [row["number"] for row in json.loads(command("list", "--json")[1])]
    everything = json.loads(command("list", "--all", "--json")[1])
    assert number in [row["number"] for row in everything]
    assert f"replaced by {by}" in command("list", "--all", "--after", str(number - 1))[1]
    assert [row["number"] for row in everything] == sorted(row["number"] for row in everything)


def test_an_alert_is_shown_as_people_read_it(command: Command) -> None:
    number = made(command("publish", *FLAGS, "--instruction", "First.\nThen.", "--area", "KE-047", "--json"))["number"]
    _, page, _ = command("show", str(number))
    assert f"{number}  ops@health.example," in page and "Actual Alert, Severe, in force" in page
    assert "[en] Cholera: Boil all water" in page and "  instruction: First.\n  Then." in page
    assert json.loads(command("show", str(number), "--json")[1])["alert"]["info"][0]["event"] == "Cholera"


def test_delivery_is_counts_devices_and_a_list_of_whom_to_call(hub: RunningHub, command: Command) -> None:
    device, _ = hub.enrol(areas=("UG",), name="=HYPERLINK(1)")
    number = made(command("publish", *FLAGS, "--area", "UG", "--json"))["number"]
    _, page, _ = command("delivery", str(number))
    assert device in page and "addressed" in page and "not reached" in page
    rows = list(csv.DictReader(io.StringIO(command("delivery", str(number), "--state", "addressed", "--csv")[1])))
    (row,) = [row for row in rows if row["device"] == device]
    assert (row["name"], row["state"], row["seen_at"]) == ("'=HYPERLINK(1)", "addressed", "")
    assert not list(csv.DictReader(io.StringIO(command("delivery", str(number), "--state", "seen", "--csv")[1])))
    assert json.loads(command("delivery", str(number), "--json")[1])["counts"]["addressed"] >= 1


def test_answers_are_counted_and_listed(hub: RunningHub, command: Command) -> None:
    said = publish(hub, ONE_OF)
    assert "0 devices answered" in command("answers", str(said["number"]))[1]
    first = answer(hub, "KE-047", said, 1)
    answer(hub, "UG", said, 0)
    _, page, _ = command("answers", str(said["number"]))
    assert "How is the road?" in page and "2 devices answered" in page and "flooded: 1" in page and first in page
    some = json.loads(command("answers", str(said["number"]), "--area", "KE", "--json")[1])
    assert [one["device"] for one in some["devices"]] == [first] and some["tally"]["count"] == 1
    number = publish(hub, None)["number"]
    assert command("answers", str(number))[1] == f"Alert {number} asks nothing.\n"


def test_a_hub_elsewhere_is_spoken_to_with_a_token(
    hub: RunningHub, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "token"
    file.write_text(hub.tokens[Role.AUTHOR])
    monkeypatch.delenv("TOCSIN_HUB_DATA")
    elsewhere = ("--hub", hub.address, "--token-file", file)
    number = made(command("publish", *FLAGS, "--everyone", "--json", *elsewhere))["number"]
    assert stored(hub, number)["published_by"] == "the-author"
    file.write_text(hub.tokens[Role.VIEWER])
    code, _, errors = command("cancel", str(number), *elsewhere)
    assert code == 1 and "needs the role" in errors
    code, _, errors = command("list", "--hub", "http://127.0.0.1:9", "--token-file", file)
    assert code == 4 and "nothing listens at http://127.0.0.1:9" in errors


def test_where_no_hub_runs_it_is_published_all_the_same(
    tmp_path: Path, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "stopped"
    assert run(capsys, "device", "code", "--data", data)[0] == 0
    said = made(command("publish", *FLAGS, "--everyone", "--json", "--data", data))
    with running_hub(data) as later:
        assert stored(later, said["number"])["in_force"]
    code, _, errors = command("watch", "--data", data)
    assert code == 1 and "no hub runs on" in errors


# -- watching ---------------------------------------------------------------------------------------------------------


def test_progress_and_calls(hub: RunningHub, command: Command) -> None:
    said = publish(hub, ONE_OF)
    answer(hub, "KE-047-1", said, 1)
    found = made(command("progress", said["number"], "--json"))
    assert found["counts"]["answered"] == 1 and found["areas"]
    code, out, _ = command("progress", said["number"])
    assert code == 0 and "Nairobi" in out and "in all" in out
    called, _ = hub.enrol(areas=("KE-047-2",), name="Call me")
    code, out, _ = command("calls", said["number"], "--area", "KE-047-2", "--csv")
    assert [row["device"] for row in csv.DictReader(io.StringIO(out))] == [called]
    code, out, _ = command("calls", said["number"], "--missing", "delivery", "--area", "KE-047")
    assert code == 0 and "Call me" in out and "never" in out
