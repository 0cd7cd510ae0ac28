"""A child obeys, says what happened, and ends with its parent's wish or its parent."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.errors import UserError
from netsim.site.child import REFUSED, Child, settings_of

ECHO = "tests.netsim.site.echo_child"


def test_it_is_told_what_it_starts_with_and_answers_commands(tmp_path: Path) -> None:
    child = Child(ECHO, {"words": "good morning"}, log=tmp_path / "log")
    assert child.wait_for("hello", 60)["words"] == "good morning"
    assert child.say("repeat", words="one") and child.say("repeat", words="two")
    child.say("mark")
    child.wait_for("mark", 60)
    assert (child.find("echo") or {})["words"] == "one"
    assert (child.last("echo") or {})["words"] == "two"
    assert child.find("never") is None
    assert child.end()
    assert not child.is_running
    assert not child.say("repeat", words="three")


def test_it_is_killed_in_the_middle_of_its_work(tmp_path: Path) -> None:
    child = Child(ECHO, {"words": ""}, log=tmp_path / "log")
    child.wait_for("hello", 60)
    child.kill()
    assert not child.is_running


def test_what_does_not_come_is_told_with_its_last_words(tmp_path: Path) -> None:
    child = Child(ECHO, {"words": "", "dies": "a pipe burst"}, log=tmp_path / "log")
    with pytest.raises(UserError) as caught:
        child.wait_for("hello", 60)
    assert "the process ended" in str(caught.value)
    assert "a pipe burst" in caught.value.hint
    child.kill()


def test_settings_travel_as_json() -> None:
    assert settings_of(["module", '{"a": [1]}']) == {"a": [1]}


def test_what_a_child_cannot_do_it_says(tmp_path: Path) -> None:
    child = Child(ECHO, {"words": "", "refuses": "the disk is full"}, log=tmp_path / "log")
    assert child.wait_for(REFUSED, 60)["words"] == "the disk is full make room"
    child.kill()
