"""`tocsin-hub events`, of a real hub."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select
from typing import IO

import pytest

from tests.server.api.test_problems import alert
from tests.server.commands.test_token import run
from tests.support.hub import PATIENCE_S, running_hub
from tests.support.hub_child import hub_child
from tests.support.waiting import wait_until

HUB = Path(sys.executable).with_name("tocsin-hub")


def test_what_has_happened_is_listed_and_can_be_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running_hub(tmp_path) as hub:
        device, _ = hub.enrol(areas=("KE",), name="Clinic")
        said = hub.ask("POST", "/v1/alerts", json=alert()).json()
        hub.ask("DELETE", f"/v1/devices/{device}")
        lines = run(capsys, "events", "--data", tmp_path)[1].splitlines()
        assert [line.split("  ")[2] for line in lines] == ["device.enrolled", "alert.published", "device.revoked"]
        assert f"{device}, Clinic" in lines[0] and f"alert {said['number']}, {said['identifier']}" in lines[1]
        flags = ("--kind", "alert.published", "--alert", str(said["number"]), "--json")
        (one,) = run(capsys, "events", *flags, "--data", tmp_path)[1].splitlines()
        assert json.loads(one)["alert"] == said["number"]
        assert run(capsys, "events", "--after", str(json.loads(one)["id"]), "--data", tmp_path)[1] == f"{lines[2]}\n"
        code, _, errors = run(capsys, "events", "--kind", "alert.eaten", "--data", tmp_path)
        assert code == 1 and "kind" in errors


@contextmanager
def following(*words: str | Path) -> Iterator[tuple[subprocess.Popen[str], IO[str]]]:
    """A command that shows what happens, as a process, ended by Ctrl-C."""
    command = [HUB, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=PATIENCE_S)
            assert process.returncode == 0, errors
        finally:
            process.kill()


@pytest.mark.parametrize("words", [("events", "--follow", "--kind", "alert.published"), ("alert", "watch")])
def test_what_happens_is_shown_until_ctrl_c(tmp_path: Path, words: tuple[str, ...]) -> None:
    with running_hub(tmp_path) as hub, following(*words, "--json", "--data", tmp_path) as (_, lines):
        wait_until(lambda: hub.process._api.streams.count == 1, "the command follows")
        for _ in range(2):
            number = hub.ask("POST", "/v1/alerts", json=alert()).json()["number"]
            shown = json.loads(lines.readline())
            assert number in (shown.get("number"), shown.get("alert"))


def test_it_goes_on_over_a_restart_of_the_hub_which_has_another_key_then(tmp_path: Path) -> None:
    with (
        hub_child(tmp_path / "hub") as hub,
        following("alert", "watch", "--json", "--data", hub.data) as (process, lines),
    ):
        assert process.stderr is not None and "Waiting" in process.stderr.readline()
        shown, published = set[int](), set[int]()
        while not shown:  # until it follows, what is published is not shown
            published.add(hub.ask("POST", "/v1/alerts", json=alert()).json()["number"])
            readable, _, _ = select([lines], [], [], 0.2)
            shown |= {json.loads(lines.readline())["number"]} if readable else set()
        hub.kill()
        hub.start()
        last = hub.ask("POST", "/v1/alerts", json=alert()).json()["number"]
        seen = list(shown)
        while seen[-1] != last:
            seen.append(json.loads(lines.readline())["number"])
        assert seen == sorted(set(seen)) and set(range(seen[0], last + 1)) & (published | {last}) == set(seen)
