"""BCP 47, and which texts a device gets."""

from __future__ import annotations

import pytest

from alerts.cap.language import best_match, is_schema_language, is_well_formed


@pytest.mark.parametrize(
    ("wanted", "offered", "got"),
    [
        (["sw"], ["en", "sw"], [1]),
        (["SW"], ["en", "sw"], [1]),
        (["fr-CD", "sw"], ["en", "sw", "fr"], [2]),  # RFC 4647 lookup: the range is shortened
        (["fr"], ["en", "fr-FR"], [1]),  # a tag that begins with the range
        (["pt-BR"], ["en", "pt-PT"], [1]),
        (["zh-Hant-TW"], ["zh-Hans", "zh-Hant"], [1]),
        (["zh-Hant-x-private"], ["en", "zh-Hant"], [1]),
        (["am", "sw"], ["en", "sw"], [1]),  # the next wish
        (["am"], ["en", "sw", "en"], [0, 2]),  # none found: the alert's first language, all of it
        ([], ["sw", "en"], [0]),
        (["sw"], ["sw", "en", "sw"], [0, 2]),  # several infos in one language
        (["en"], ["en-US", "en-GB", "en-US"], [0, 2]),
        (["en-US"], ["sw", None], [1]),  # CAP: no language means en-US
        (["*"], ["sw", None, "en"], [0, 1, 2]),
        (["sw"], [], []),
        (["", "-"], ["en"], [0]),
    ],
)
def test_a_device_gets_the_language_it_asked_for(wanted: list[str], offered: list[str | None], got: list[int]) -> None:
    assert best_match(wanted, offered) == got


@pytest.mark.parametrize(
    "tag", ["en", "sw-KE", "zh-Hant-TW", "zh-cmn-Hans", "sl-rozaj-1994", "de-x-a", "x-own", "i-lux"]
)
def test_tags_of_bcp_47(tag: str) -> None:
    assert is_well_formed(tag)
    assert is_schema_language(tag)


@pytest.mark.parametrize("tag", ["", "e", "en_US", "en-", "-en", "en--US", "abcdefghi", "en-x", "en US"])
def test_no_tags(tag: str) -> None:
    assert not is_well_formed(tag)


def test_the_schema_takes_more_than_bcp_47() -> None:
    assert is_schema_language("e")
    assert not is_schema_language("en_US")
