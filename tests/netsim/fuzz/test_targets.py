"""The table of targets, and every input that once broke something."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.errors import UserError
from netsim.fuzz import targets
from netsim.fuzz.targets import CANARY, DECODERS, load_target

REGRESSIONS = Path(__file__).resolve().parents[2] / "regressions"
KEPT = sorted(path for path in REGRESSIONS.rglob("*") if path.is_file() and path.suffix != ".md")


def test_every_target_is_in_the_table() -> None:
    helpers = {"__init__", "samples", "conversation"}
    assert {path.stem for path in Path(targets.__file__).parent.glob("*.py")} - helpers == {*DECODERS, CANARY}


@pytest.mark.parametrize("name", [*DECODERS, CANARY])
def test_a_target_says_what_it_is(name: str) -> None:
    target = load_target(name)
    assert target.name == name
    assert target.summary
    assert all(isinstance(seed, bytes) for seed in target.seeds())


def test_an_unknown_target_is_told_with_those_that_there_are() -> None:
    with pytest.raises(UserError, match="no fuzz target 'frames'") as refused:
        load_target("frames")
    assert "hub_session" in refused.value.hint


@pytest.mark.parametrize("file", KEPT, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_what_once_broke_something_does_not_any_more(file: Path) -> None:
    load_target(file.parent.name).check(file.read_bytes())


def test_there_are_regressions() -> None:
    assert KEPT
