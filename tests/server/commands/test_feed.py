"""`tocsin-hub feed`, against a hub that runs on the data folder and one that is named."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.cli import main
from server.hub import Role
from tests.support.cap_feeds import Elsewhere, cap
from tests.support.hub import RunningHub, running_hub
from tests.support.other_server import answer, other_server
from tests.support.signing_keys import make_identity


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    with running_hub(tmp_path / "hub", outbound_networks=("127.0.0.1/32",)) as running:
        yield running


@pytest.fixture
def met(hub: RunningHub) -> Iterator[Elsewhere]:
    with other_server() as server:
        yield Elsewhere(server, hub)


class Shell:
    """Commands against a hub elsewhere, with an admin's token."""

    def __init__(self, hub: RunningHub, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        self._capsys = capsys
        file = folder / "token"
        file.write_text(hub.tokens[Role.ADMINISTRATOR])
        self._where = ("--hub", hub.address, "--token-file", str(file))

    def __call__(self, *words: object) -> tuple[int, str, str]:
        """Exit code, output, errors."""
        code = 0
        try:
            main(["feed", *map(str, words), *self._where])
        except SystemExit as ended:
            code = int(ended.code or 0)
        said = self._capsys.readouterr()
        assert "Traceback" not in said.err
        return code, said.out, said.err


@pytest.fixture
def shell(hub: RunningHub, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Shell:
    return Shell(hub, capsys, tmp_path)


def test_from_the_first_word_to_the_decision(met: Elsewhere, shell: Shell) -> None:
    met.offers(a=cap("a-1"), b=cap("b-1"), mild=cap("mild-1", info={"severity": "Minor"}))
    said = shell(
        "add", "met", met.address, "--paused", "--geocode", "P-code=", "--severity", "Moderate", "--role", "nurse"
    )
    assert said == (0, "The feed 'met' is read from now on.\n", "")
    assert shell("poll", "met")[1] == "The feed 'met' was read: 1 filtered, 2 held.\n"
    _, listed, _ = shell("items", "--held", "--json")
    a, b = (item["item"] for item in json.loads(listed))
    assert shell("approve", a)[1] == "a-1 is published as number 1.\n"
    assert shell("reject", b, "--words", "not here")[1] == "b-1 is rejected.\n"
    stored = met.hub.do(met.hub.hub.alert("a-1"))
    assert (stored.audience.areas, stored.audience.roles) == (("KE-047",), ("nurse",))
    code, _, errors = shell("approve", b)
    assert code == 1
    assert "does not wait for a decision" in errors
    table = shell("items")[1]
    assert all(word in table for word in ("a-1", "published", "not here", "severity is Minor"))
    assert "1 filtered, 1 published, 1 rejected" in shell("list")[1]


def test_an_audience_can_be_given_with_the_approval(met: Elsewhere, shell: Shell) -> None:
    met.offers(a=cap("a-1", code=None))
    shell("add", "met", met.address, "--paused")
    shell("poll", "met")
    assert "nobody is addressed" in shell("approve", 1)[2]
    assert shell("approve", 1, "--area", "KE", "--area", "UG", "--json")[0] == 0
    assert met.hub.do(met.hub.hub.alert("a-1")).audience.areas == ("KE", "UG")


def test_settings_change_one_at_a_time(met: Elsewhere, shell: Shell, tmp_path: Path) -> None:
    pem, secret = tmp_path / "trusted.pem", tmp_path / "secret"
    pem.write_text(make_identity("Ministry").certificate)
    secret.write_text("Basic c2VjcmV0\n")
    shell("add", "met", met.address, "--paused", "--area", "KE", "--event", "Flood", "--severity", "Severe")
    changed = json.loads(shell("change", "met", "--role", "nurse", "--event", "any", "--language", "sw", "--json")[1])
    assert (changed["audience"]["areas"], changed["audience"]["roles"]) == (["KE"], ["nurse"])
    wanted = changed["filter"]
    assert (wanted["events"], wanted["languages"], wanted["severity_at_least"]) == ([], ["sw"], "Severe")
    shell("change", "met", "--severity", "any", "--policy", "pass", "--signatures", "require", "--trusted", pem)
    shell("change", "met", "--authorization-file", secret, "--geocode", "none", "--interval", "300", "--no-paused")
    shown = json.loads(shell("show", "met")[1])
    assert shown["filter"]["severity_at_least"] is None
    assert (shown["policy"], shown["signatures"], shown["interval_seconds"]) == ("pass", "require", 300)
    assert (shown["authorization"], shown["paused"]) == ("(hidden)", False)
    assert shown["trusted"] == pem.read_text()
    assert shell("remove", "met")[1] == "The feed 'met' is read no more.\n"
    assert shell("show", "met")[0] == 1


def test_a_feed_that_cannot_be_read_is_an_error(met: Elsewhere, shell: Shell) -> None:
    met.server.routes["/feed.atom"] = answer(b"<html/>")
    shell("add", "met", met.address, "--paused")
    code, _, errors = shell("poll", "met")
    assert code == 1
    assert "neither a feed" in errors
    assert "neither a feed" in shell("list")[1]


def test_what_a_feed_says_does_not_steer_the_terminal(met: Elsewhere, shell: Shell) -> None:
    met.offers(a=cap("a-1", info={"headline": "[/b] [red]Boil \u009b2J :warning:"}))
    shell("add", "met", met.address, "--paused")
    shell("poll", "met")
    table = shell("items")[1]
    assert "[/b] [red]Boil  2J :warning:" in table


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("change", "met"), "nothing is to be changed"),
        (("change", "met", "--geocode", "P-code"), "no NAME=PREFIX"),
        (("change", "met", "--trusted", "nowhere.pem"), "cannot be read"),
        (("change", "met", "--severity", "Awful"), "severity_at_least"),
        (("add", "met", "https://feed.example/"), "exists already"),
        (("add", "inner", "http://10.0.0.1/"), "outbound_networks"),
        (("show", "none"), "no feed is called"),
        (("items", "--outcome", "odd"), "outcome"),
    ],
)
def test_what_cannot_be_is_said(met: Elsewhere, shell: Shell, words: tuple[str, ...], said: str) -> None:
    shell("add", "met", met.address, "--paused")
    code, _, errors = shell(*words)
    assert code != 0
    assert said in " ".join(errors.split())


def test_a_held_alert_is_read_before_it_is_approved(met: Elsewhere, shell: Shell) -> None:
    met.offers(a=cap("a-1"))
    shell("add", "met", met.address, "--paused", "--geocode", "P-code=")
    shell("poll", "met")
    (held,) = json.loads(shell("items", "--json")[1])
    _, page, _ = shell("item", held["item"])
    assert page.startswith(f"{held['item']}  {held['sender']},a-1\nheld, from met\n") and "for KE-047" in page
    assert (
        held["headline"] in page
        and json.loads(shell("item", held["item"], "--json")[1])["alert"]["identifier"] == "a-1"
    )
    shell("reject", held["item"], "--words", "known already")
    assert (
        "known already" in shell("item", held["item"])[1]
        and "rejected by the-administrator" in shell("item", held["item"])[1]
    )


def test_the_authorization_can_come_by_standard_input(
    met: Elsewhere, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Bearer secret\n"))
    assert shell("add", "met", met.address, "--paused", "--authorization-file", "-")[0] == 0
