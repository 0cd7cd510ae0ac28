"""Words on a sheet."""

from __future__ import annotations

import pytest

from server.places.sheet_words import WORDS, words_for


@pytest.mark.parametrize(
    ("languages", "language"),
    [(None, "en"), ((), "en"), (("fr-CD", "en"), "fr"), (("am", "sw"), "sw"), (("*",), "en"), (("PT",), "pt")],
)
def test_words_are_in_the_first_language_that_there_are_words_in(
    languages: tuple[str, ...] | None, language: str
) -> None:
    assert words_for(languages).language == language


def test_all_languages_say_the_same_things() -> None:
    for words in WORDS.values():
        assert len(words.steps) == 3 and "{until}" in words.once and words.title
