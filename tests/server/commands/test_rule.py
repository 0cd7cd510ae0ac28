"""`tocsin-hub rule`."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest

from tests.server.api.test_rules import alert
from tests.server.commands.test_token import run
from tests.support.hub import RunningHub, running_hub
from tests.support.other_server import answer, other_server
from tests.support.waiting import wait_until

RULE = "Extreme, not acknowledged by 80% within 30m: tell role officer; within 2h: tell supervisor"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub") / "data", contact_services=("json",)) as running:
        yield running


def test_a_rule_from_its_beginning_to_its_end(
    hub: RunningHub, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    where = ("--data", str(hub.process.settings.data))
    code, said, errors = run(capsys, "rule", "add", "one", RULE, *where)
    assert (code, said) == (0, f"one: {RULE}\n"), errors
    assert RULE in run(capsys, "rule", "list", *where)[1]
    monkeypatch.setattr("sys.stdin", io.StringIO("Severe,\n  at once: tell contact ops\n"))
    assert run(capsys, "rule", "change", "one", "-", *where)[1] == "one: Severe, at once: tell contact ops\n"
    assert json.loads(run(capsys, "rule", "show", "one", "--json", *where)[1])["when"] == {"severity": "Severe"}
    assert run(capsys, "rule", "off", "one", *where)[1] == "one (off): Severe, at once: tell contact ops\n"
    assert "off" in run(capsys, "rule", "list", *where)[1].split()
    assert run(capsys, "rule", "on", "one", *where)[1] == "one: Severe, at once: tell contact ops\n"
    assert run(capsys, "rule", "log", "one", *where)[1] == "There is nothing.\n"
    assert run(capsys, "rule", "remove", "one", *where)[1] == "The rule 'one' holds no more.\n"
    assert json.loads(run(capsys, "rule", "list", "--json", *where)[1]) == []


def test_who_would_be_told_and_who_was(hub: RunningHub, capsys: pytest.CaptureFixture[str]) -> None:
    where = ("--data", str(hub.process.settings.data))
    with other_server() as server:
        server.routes["/sms"] = answer(b"ok")
        url = f"json://127.0.0.1:{server.port}/sms"
        hub.ask("POST", "/v1/contacts", json={"name": "ops", "url": url})
        run(
            capsys,
            "rule",
            "add",
            "now",
            "Extreme, at once: tell contact ops and role nobody; after 9h: tell contact ops",
            *where,
        )
        number = str(hub.ask("POST", "/v1/alerts", json=alert()).json()["number"])
        wait_until(lambda: server.asked, "it is told")
        wait_until(lambda: "sent" in run(capsys, "rule", "log", "now", *where)[1], "it is written down")
    for words in (("now",), ("--alert", number)):
        logged = run(capsys, "rule", "log", *words, *where)[1]
        assert f"now, step 1, alert {number}: told: there is no contact of the role nobody" in logged
        assert "ops (contact): sent" in logged and "    Extreme: Boil all water. No device is addressed" in logged
        assert f"now, step 2, alert {number}: waiting" in logged
    assert len(json.loads(run(capsys, "rule", "log", "now", "--json", *where)[1])) == 2
    code, dry, errors = run(capsys, "rule", "dry-run", "now", number, *where)
    assert code == 0, errors
    assert "0 of 0 devices have acted" in dry and "  ops (contact): Extreme: Boil all water." in dry
    assert "  nobody: there is no contact of the role nobody" in dry
    assert "steps" in json.loads(run(capsys, "rule", "dry-run", "now", number, "--json", *where)[1])
    hub.ask("PUT", "/v1/rules/now", json={"rule": "Extreme, status Test, at once: tell contact ops"})
    assert run(capsys, "rule", "dry-run", "now", number, *where)[1] == "Nothing: the rule is not about this alert.\n"
    other = ("--rule", "Extreme, at once: tell role nobody")
    assert "nobody: there is no contact" in run(capsys, "rule", "dry-run", "to-be", number, *other, *where)[1]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("add", "x", "Extreme, soon: tell contact a"), "at character 10: Extreme, ▸soon"),
        (("log",), "the log of what?"),
        (("log", "x", "--alert", "1"), "the log of what?"),
        (("show", "none"), "there is no rule 'none'"),
        (("dry-run", "none", "1"), "there is no rule 'none'"),
    ],
)
def test_what_cannot_be_is_told(
    hub: RunningHub, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], expected: str
) -> None:
    code, _, errors = run(capsys, "rule", *words, "--data", str(hub.process.settings.data))
    assert code != 0 and expected in " ".join(errors.split()) and "Traceback" not in errors
