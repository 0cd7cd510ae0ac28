"""What people type, as answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from alerts.cap.question import AnswerKind, AnswerValue, Question
from alerts.errors import UserError
from client.answers import NO, YES, read_answer
from client.store import InboxEntry
from tests.support.device_store import item, keep, open_store
from tests.support.questions import NUMBER, YES_NO


def asking(folder: Path, *questions: Question) -> InboxEntry:
    """An entry that asks this, in several languages if there are several."""
    store = open_store(folder)
    store.execute(keep(0, item("a")))
    entry = store.find("a")
    store.close()
    entry.__dict__["questions"] = questions
    return entry


def test_no_word_means_both() -> None:
    assert not YES & NO
    assert all(word == word.casefold() for word in YES | NO)


@pytest.mark.parametrize(
    ("text", "value"), [("Yes", True), (" ndiyo ", True), ("Sí", True), ("HAPANA", False), ("não", False), ("n", False)]
)
def test_yes_and_no_in_many_languages(tmp_path: Path, text: str, value: bool) -> None:
    assert read_answer(asking(tmp_path, YES_NO), text) is value


@pytest.mark.parametrize(("text", "place"), [("2", 1), ("3", 0), ("three", 1), ("drei", 1), ("ZWEI", 2)])
def test_a_choice_by_its_name_in_any_language_or_by_its_number(tmp_path: Path, text: str, place: int) -> None:
    english = Question("?", AnswerKind.ONE_OF, ("3", "three", "two"))
    german = Question("?", AnswerKind.ONE_OF, ("eins", "drei", "zwei"))
    assert read_answer(asking(tmp_path, english, german), text) == place


@pytest.mark.parametrize(
    ("text", "value"), [("12", 12), ("4.50", 4.5), ("-3", -3), ("12 Doses", 12), ("12  dozi", 12), ("0.0", 0)]
)
def test_numbers_with_their_unit_or_without(tmp_path: Path, text: str, value: AnswerValue) -> None:
    assert read_answer(asking(tmp_path, NUMBER, replace(NUMBER, unit="dozi")), text) == value


@pytest.mark.parametrize("text", ["1,5", "12km", "", "doses", "12 litres", "0x10", "١٢"])
def test_what_is_no_number_is_said(tmp_path: Path, text: str) -> None:
    with pytest.raises(UserError) as refused:
        read_answer(asking(tmp_path, NUMBER), text)
    assert "a number of doses" in refused.value.hint


def test_a_unit_that_was_not_asked_for(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="without a unit"):
        read_answer(asking(tmp_path, Question("?", AnswerKind.NUMBER)), "4 km")
