"""The build of the pages: what it runs, and what is left where it cannot."""

from pathlib import Path

import pytest

from server.console.web import hatch_build


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose packages cannot be had."""

    def fail(words: list[str], folder: Path) -> None:
        raise RuntimeError(f"{' '.join(words[:2])}: no network")

    monkeypatch.setattr(hatch_build, "_run", fail)
    monkeypatch.delenv("CI", raising=False)
    return tmp_path / "web"


def test_a_checkout_works_without_its_pages_and_says_why(web: Path) -> None:
    hatch_build.build(web, is_checkout=True)
    assert (web.parent / "static" / "failure.txt").read_text() == "npm ci: no network\n"


def test_a_wheel_without_its_pages_is_not_made(web: Path) -> None:
    with pytest.raises(RuntimeError, match="could not be built: npm ci: no network"):
        hatch_build.build(web, is_checkout=False)


def test_under_ci_nothing_may_be_missing(web: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(RuntimeError, match="could not be built"):
        hatch_build.build(web, is_checkout=True)


def test_what_node_says_is_told(tmp_path: Path) -> None:
    (tmp_path / "fail.mjs").write_text("console.error('no such file'); process.exit(3)")
    with pytest.raises(RuntimeError, match=r"node fail\.mjs: no such file"):
        hatch_build._run(["node", "fail.mjs"], tmp_path)
