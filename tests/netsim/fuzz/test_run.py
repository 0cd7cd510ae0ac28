"""Running the fuzzer: it finds what is there to find, and says what it came to."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.errors import UserError
from netsim.fuzz import run
from netsim.fuzz.targets import load_target


@pytest.mark.needs("atheris")
def test_the_canary_is_found(tmp_path: Path) -> None:
    report = run.fuzz("canary", runs=500_000, seconds=0, seed=7, findings=tmp_path / "found")
    assert report.finding is not None
    assert report.error == "SleptError: the canary is dead"
    with pytest.raises(Exception, match="the canary is dead"):
        load_target("canary").check(report.finding.read_bytes())


@pytest.mark.needs("atheris")
def test_a_decoder_is_clean_and_what_reaches_more_is_kept(tmp_path: Path) -> None:
    report = run.fuzz("uplink", runs=2_000, seconds=0, seed=7, findings=tmp_path / "found", corpus=tmp_path / "corpus")
    assert (report.finding, report.error) == (None, None)
    assert report.runs >= 2_000
    assert report.coverage > 50
    assert list((tmp_path / "corpus" / "uplink").iterdir())


@pytest.mark.needs("atheris")
def test_a_run_that_does_not_begin_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(UserError, match="the fuzzer of uplink did not run"):
        run.fuzz("uplink", runs=1, seconds=0, seed=1, findings=tmp_path)


def test_without_atheris_the_way_to_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UserError, match="needs atheris") as refused:
        run.fuzz("uplink", runs=1, seconds=0, seed=1, findings=tmp_path)
    assert "tocsin[fuzz]" in refused.value.hint
