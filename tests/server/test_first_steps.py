"""The first steps work as they are pasted."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest

from server.cli import main
from server.first_steps import command, first_steps
from tests.support.hub import RunningHub, running_hub


def words(hub: RunningHub) -> str:
    return hub.do(first_steps(hub.hub, hub.address, hub.process.settings.data))


@pytest.fixture
def fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a hub says on a fresh folder, and that it says it only once; then its lines are tried."""
    monkeypatch.setattr("tests.support.hub.Role", ())
    with running_hub(tmp_path) as hub:
        first, again = words(hub), words(hub)
        token = re.search(r"\n    (\S{43})\n", first)
        assert token and token[1] not in again and hub.address in again and "token make" in again
        line = next(line for line in first.splitlines() if "curl" in line)
        arguments = shlex.split(line)
        headers = dict(one.split(": ", 1) for flag, one in pairwise(arguments) if flag == "-H")
        body = arguments[arguments.index("-d") + 1]
        url = next(one for one in arguments if one.startswith("http"))
        published = hub.ask("POST", url.removeprefix(hub.address), role=None, headers=headers, data=body)
        assert published.status_code == 201, published.text
        line = next(line for line in again.splitlines() if "alert publish" in line)
        with pytest.raises(SystemExit, match="0"):
            main([*shlex.split(line)[1:], "--json"])
        assert (
            hub.ask("GET", "/v1/alerts", role=None, headers=headers).json()["alerts"][-1]["headline"] == "Only a test"
        )
        join = re.search(r"tocsin-field join (\S+) (\S+)", first)
        assert join and join[1] == hub.address
        enrolled = hub.ask("POST", "/v1/enrolments", role=None, json={"code": join[2]})
        assert enrolled.status_code == 201
        delivery = hub.ask(
            "GET", f"/v1/alerts/{published.json()['identifier']}/delivery", role=None, headers=headers
        ).json()
        assert [one["device"] for one in delivery["devices"]] == [enrolled.json()["device"]]
        return first


def test_each_line_works_as_pasted(fresh: str) -> None:
    assert "docs" in fresh and "Ctrl-C" in fresh


def test_while_nobody_has_an_account_the_setup_code_is_shown(tmp_path: Path) -> None:
    with running_hub(tmp_path) as hub:
        code = hub.do(hub.process.accounts.signing_in.setup_code())
        assert code

        def said(code: str | None) -> str:
            return hub.do(first_steps(hub.hub, hub.address, tmp_path, code))

        assert f"    {hub.address}/\n\n    {code}\n" in said(code)
        body = {"code": code.lower(), "name": "wanjiru", "password": "a boat on the lake"}
        assert hub.ask("POST", "/v1/people/first", role=None, json=body).status_code == 201
        assert hub.do(hub.process.accounts.signing_in.setup_code()) is None
        assert f"Sign in to the console: open {hub.address}/" in said(None)


def test_commands_are_named_so_that_a_shell_finds_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    own = tmp_path / "bin" / "tocsin-hub"
    own.touch(mode=0o755)
    monkeypatch.setattr("sys.executable", str(tmp_path / "bin" / "python"))
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.chdir(tmp_path)
    assert command("tocsin-hub") == "bin/tocsin-hub"
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    assert command("tocsin-hub") == "tocsin-hub"
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.chdir("/")
    assert Path(command("tocsin-hub")).name == "tocsin-hub"
