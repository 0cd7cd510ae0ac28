"""Profiles by name and by path, and what is said of a file that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.errors import UserError
from netsim.profiles.library import load_profile, profile_names


def _refused(file: Path, text: str) -> str:
    file.write_text(text)
    with pytest.raises(UserError) as caught:
        load_profile(file)
    assert "docs/profiles.md" in caught.value.hint
    return str(caught.value).removeprefix(f"{file}: ")


@pytest.mark.parametrize("name", profile_names())
def test_each_that_comes_with_the_package_is_valid(name: str) -> None:
    assert load_profile(name).name == name


@pytest.mark.parametrize("name", profile_names())
def test_every_figure_has_a_source_or_a_note(name: str) -> None:
    profile = load_profile(name)
    assert [path for path in profile.figures() if profile.source_of(path) is None] == []


@pytest.mark.parametrize("name", profile_names())
def test_sources_are_well_formed(name: str) -> None:
    for source in load_profile(name).sources.values():
        assert source.title or source.note.startswith(("assumed: ", "invented: ", "made: ")), source
        assert "assumed" not in source.note or "because" in source.note or "so that" in source.note, source
        if source.title:
            assert len(source.where) > 8, source
        assert all(text == text.strip() for text in (source.title, source.where, source.note))


def test_the_links_of_the_field_are_all_there() -> None:
    field = (
        "gprs edge 3g lte-rural vsat-geo leo-obstructed bgan hf-radio clinic-shared commuter blackout iridium lan worst"
    )
    assert set(field.split()) <= set(profile_names())
    assert "invented" in load_profile("worst").title


def test_an_unknown_name_is_told_with_the_nearest_and_all() -> None:
    with pytest.raises(UserError, match=r"there is no profile 'grps'; did you mean gprs\?") as caught:
        load_profile("grps")
    assert all(name in caught.value.hint for name in profile_names())


def test_ones_own_is_read_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "village.toml"
    file.write_text('title = "Our village"\n[up]\ndelay_ms = 40\n')
    profile = load_profile(str(file))
    assert (profile.name, profile.up.delay_ms, profile.down.rate_bit_s) == ("village", 40, None)


def test_a_whole_number_may_be_written_with_an_exponent(tmp_path: Path) -> None:
    file = tmp_path / "village.toml"
    file.write_text('title = "x"\n[up]\nrate_bit_s = 1e6\n')
    assert load_profile(file).figures() == {"up.rate_bit_s": 1_000_000}


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot read .*none\.toml: No such file"):
        load_profile(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[up]\ndelay_ms = -1", "up.delay_ms: expected greater than or equal to 0, found -1"),
        ("[up]\nrate_bit_s = 9600.5", "up.rate_bit_s: expected a whole number, found 9600.5"),
        ("[up]\nrate_bit_s = '1 Mbit'", "up.rate_bit_s: expected a whole number, found '1 Mbit'"),
        ("[up]\ndelay = 3", "up.delay: there is no such key; did you mean delay_ms?"),
        ("[up.loss]\ngood_los = 0", "up.loss.good_los: there is no such key; did you mean good_loss?"),
        ("[up]\nloss = 0.1", "up.loss: expected a table, found 0.1"),
        ("[nat]\nidle_s = 3", "nat.forgets: expected a value, found nothing"),
        ("[nat]\nidle_s = 3\nforgets = 'x'", "nat.forgets: expected 'drop' or 'reset', found 'x'"),
        ("outages = 3", "outages: expected an array of tables, found 3"),
        ("[[outages]]\nevery_s = 3\nlasts_s = 4", "outages.0: expected lasts_s below every_s, found 4 and 3"),
        ("name = 'x'", "name: expected nothing, the file's name is the profile's"),
        ("source = 3", "source: expected [[source]] tables"),
        ("[[source]]\nnote = 'x'", "source.0.figures: expected paths such as"),
        ("[[source]]\nfigures = ['nat']\nnote = 'x'", "a source names the figure 'nat', which the profile does not"),
        ("[up]\ndelay_ms = 3\n[[source]]\nfigures = ['up']\nnot = 'x'", "source.0.not: there is no such key"),
        ("[up]\ndelay_ms = 3\n[[source]]\nfigures = ['up', 'up']\nnote = 'x'", "source.0.figures: up has a source"),
        ("[up]\ndelay_ms = 3\n[[source]]\nfigures = ['up']\ntitle = 'x'", "source.0: expected title and where"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, words: str) -> None:
    assert words in _refused(tmp_path / "x.toml", f'title = "x"\n{text}\n')


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    words = _refused(tmp_path / "x.toml", "[up]\ndelay_ms = -1\n[down]\nreorder = 2\n")
    assert all(path in words for path in ("title: ", "up.delay_ms: ", "down.reorder: "))


def test_what_is_not_toml_is_told(tmp_path: Path) -> None:
    assert "is not TOML: " in _refused(tmp_path / "x.toml", "[up\n")
