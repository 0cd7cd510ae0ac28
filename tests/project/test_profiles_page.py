"""docs/profiles.md says what the files and the models say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from netsim.commands.profiles import profiles
from netsim.profiles import words
from netsim.profiles.bursts import Bursts
from netsim.profiles.csv_trace import parse_csv
from netsim.profiles.library import load_profile, profile_names
from netsim.profiles.outages import Outage
from netsim.profiles.profile import Nat, Profile, Source, Way
from tests.project.profiles_page import PAGE, drawn

TEXT = PAGE.read_text(encoding="utf-8")
MODELS: list[type[BaseModel]] = [Bursts, Way, Outage, Nat, Source]


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_the_table_and_the_sources_are_drawn_from_the_files() -> None:
    assert drawn(TEXT) == TEXT, "draw them anew: python -m tests.project.profiles_page"


@pytest.mark.parametrize("key", sorted({name for model in MODELS for name in model.model_fields}))
def test_every_key_is_described(key: str) -> None:
    assert f"`{key}`" in TEXT


def test_every_key_of_a_profile_is_in_the_table() -> None:
    keys = set(Profile.model_fields) - {"name", "sources"}
    described = {key for line in TEXT.splitlines() if line.startswith("| `") for key in re.findall("`([a-z_]+)`", line)}
    assert keys | {"source"} <= described


def test_every_command_is_shown() -> None:
    for name in (name for name in profiles if not name.startswith("-")):
        assert f"tocsin-netsim profiles {name} " in TEXT


def test_the_example_is_a_profile_with_all_its_sources(tmp_path: Path) -> None:
    file = tmp_path / "village.toml"
    file.write_text(_blocks("toml")[0], encoding="utf-8")
    profile = load_profile(file)
    assert words.unsourced(profile) == []
    assert profile.down.loss is not None
    assert profile.down.loss.mean_loss == pytest.approx(0.02)


def test_the_example_of_a_trace_is_one(tmp_path: Path) -> None:
    (text,) = _blocks("csv")
    assert [step.rate_bit_s for step in parse_csv(text, "x").steps] == [2_000_000, 0, 800_000]
    (tmp_path / "ride.csv").write_text(text, encoding="utf-8")
    (tmp_path / "ride.toml").write_text(f'title = "x"\n{_blocks("toml")[1]}', encoding="utf-8")
    assert load_profile(tmp_path / "ride.toml").trace is not None


def test_the_example_in_python_runs() -> None:
    (code,) = _blocks("python")
    exec(code, {})


def test_the_names_link_to_their_sections() -> None:
    for name in profile_names():
        assert f"[`{name}`](#{name})" in TEXT
        assert f"\n### {name}\n" in TEXT
