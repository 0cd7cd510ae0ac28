"""What the build left, and what is said where it left nothing."""

import json
from pathlib import Path

from server.console.built import Built, NotBuilt, built


def test_the_pages_of_this_checkout_are_built() -> None:
    found = built()
    assert isinstance(found, Built)
    assert {found.script, found.style, found.icon} <= found.files
    assert {f"{found.script}.br", f"{found.script}.gz"} <= found.files, "compressed beside itself"


def test_the_manifest_says_what_there_is(tmp_path: Path) -> None:
    names = {"script": "main-1.js", "style": "style-1.css", "icon": "icon-1.svg"}
    for name in names.values():
        (tmp_path / name).touch()
    (tmp_path / "manifest.json").write_text(json.dumps(names))
    expected = Built(tmp_path, names["script"], names["style"], names["icon"], frozenset(names.values()))
    assert built(tmp_path) == expected


def test_without_pages_there_is_a_reason(tmp_path: Path) -> None:
    never, failed = tmp_path / "never", tmp_path / "failed"
    never.mkdir()
    failed.mkdir()
    (failed / "failure.txt").write_text("npm ci: no network\n")
    assert built(never) == NotBuilt("it was never built: make setup builds it")
    assert built(failed) == NotBuilt("npm ci: no network")
