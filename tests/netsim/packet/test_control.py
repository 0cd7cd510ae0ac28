"""A helper process that cannot start, cannot answer or dies is an error in words, and closing never hangs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from netsim.packet.control import Helper, PathError

HELPER = """
import asyncio, os, sys
from netsim.packet import control
owner = control.inherited_socket(sys.argv)
def die(question):
    os._exit(3)
def grow(question):
    return {"grown": "ü" * question["count"]}
def refuse(question):
    return {"error": "not " + question["what"], "hint": "ask for less"}
if sys.argv[2] == "broken":
    control.greet(owner, {"error": "nothing works", "hint": "give up"})
else:
    control.greet(owner, {"name": sys.argv[2]}, [0])
    asyncio.run(control.answer(owner, {"die": die, "refuse": refuse, "grow": grow}))
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "a_helper.py").write_text(HELPER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return "a_helper"


def test_it_greets_with_descriptors_and_answers_in_turn(module: str) -> None:
    with Helper(module, ["able"]) as helper:
        assert helper.greeting == {"name": "able"}
        assert len(helper.descriptors) == 1
        assert not os.get_inheritable(helper.descriptors[0])
        assert helper.ask("grow", count=200_000)["grown"] == "ü" * 200_000


def test_what_it_cannot_do_is_an_error_with_a_hint(module: str) -> None:
    with pytest.raises(PathError, match="nothing works") as caught:
        Helper(module, ["broken"])
    assert caught.value.hint == "give up"
    with Helper(module, ["able"]) as helper:
        with pytest.raises(PathError, match="not everything"):
            helper.ask("refuse", what="everything")
        assert helper.ask("grow", count=1)["grown"] == "ü"


def test_its_death_is_noticed(module: str) -> None:
    with Helper(module, ["able"]) as helper:
        for _ in range(2):
            with pytest.raises(PathError, match="ended unexpectedly"):
                helper.ask("die")
    helper.close()


def test_a_module_that_cannot_start_is_noticed(module: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PathError, match="no_such_module"):
        Helper("no_such_module")
    assert "No module named" in capfd.readouterr().err
