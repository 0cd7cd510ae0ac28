"""Exit codes mean what the page says."""

from __future__ import annotations

from pathlib import Path

from client.exits import MEANINGS, ExitCode

PAGE = Path(__file__).parents[2] / "docs" / "field-client.md"


def test_every_exit_code_has_a_meaning_and_the_page_shows_it() -> None:
    assert set(MEANINGS) == set(ExitCode)
    page = PAGE.read_text()
    for code, meaning in MEANINGS.items():
        assert f"| {int(code)} | {meaning} |" in page
