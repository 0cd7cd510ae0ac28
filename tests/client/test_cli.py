"""The command line as a whole."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import client.commands
from client.cli import COMMANDS
from client.exits import ExitCode
from tests.support.device_store import item, keep, open_store
from tests.support.field_command import field_process, run_field, said
from tests.support.hub_thread import hub_thread
from tests.support.small_hub import make_alert

FOLDER = Path(client.commands.__file__).parent
PAGE = Path(__file__).parents[2] / "docs" / "field-client.md"


def test_every_command_has_its_file_and_the_help_of_its_docstring() -> None:
    files = {path.stem: path for path in FOLDER.glob("*.py") if path.stem != "__init__"}
    assert set(COMMANDS) == set(files)
    for name, path in files.items():
        tree = ast.parse(path.read_text())
        (function,) = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
        assert (ast.get_docstring(function) or "").splitlines()[0] == COMMANDS[name]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_field(name, "--help") == 0
    assert COMMANDS[name].split(".")[0] in said(capsys)


def test_the_help_lists_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_field("--help") == 0
    words = said(capsys)
    assert all(name in words for name in COMMANDS)


@pytest.mark.parametrize("tokens", [("bogus",), ("show",), ("inbox", "--bogus"), ("completion", "tcsh")])
def test_what_is_written_wrongly_has_its_own_exit_code(
    tokens: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_field(*tokens) == ExitCode.USAGE
    assert "Error" in said(capsys)


@pytest.mark.parametrize("tokens", [("inbox",), ("status",), ("show", "1"), ("ack", "1"), ("run",)])
def test_a_device_that_has_not_joined_is_told_how_to(
    tokens: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOCSIN_FIELD_DATA", str(tmp_path / "new"))
    assert run_field(*tokens) == ExitCode.NOT_JOINED
    assert "tocsin-field join ADDRESS CODE" in said(capsys)


def test_the_page_shows_every_command_and_its_flags() -> None:
    page = PAGE.read_text()
    for name in COMMANDS:
        assert f"`tocsin-field {name}" in page
        flags = re.findall(r'name="(--[a-z]+)"', (FOLDER / f"{name}.py").read_text())
        assert all(flag in page for flag in flags)


def test_the_example_of_the_page_runs(tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    with hub_thread() as thread:
        assert run_field("join", thread.address, "abc", "--data", tmp_path / "clinic-data") == 0
        thread.do(lambda: thread.hub.publish(make_alert("a", severity="Extreme")))
        with subprocess.Popen(
            [sys.executable, "-u", "-c", example], cwd=tmp_path, stdout=subprocess.PIPE, text=True
        ) as process:
            thread.until(lambda: len(thread.hub.taken) == 1)
            process.kill()
            assert process.stdout is not None
            assert "ALARM Boil water a" in process.stdout.read()


def test_a_reader_of_our_output_may_go_away(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    for first in range(0, 200, 50):
        store.execute(keep(first, *(item(f"n{first + number}") for number in range(50))))
    store.close()
    with field_process("inbox", "--json", "--data", tmp_path) as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(30) == ExitCode.DONE


def test_ctrl_c_ends_a_command_without_a_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("client.commands.status.open_store", interrupt)
    assert run_field("status", "--data", tmp_path) == 130
