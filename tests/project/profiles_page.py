"""What docs/profiles.md says of the profiles' files: `python -m tests.project.profiles_page` draws it into the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from netsim.profiles import words
from netsim.profiles.library import load_profile, profile_names
from netsim.profiles.profile import Profile, Source

PAGE = Path(__file__).resolve().parents[2] / "docs" / "profiles.md"


def drawn(page: str) -> str:
    """The page with its table and its sources as the files have them."""
    profiles = [load_profile(name) for name in profile_names()]
    for name, text in (("table", table(profiles)), ("sources", "\n\n".join(map(section, profiles)))):
        begins = f"<!-- profiles: {name} -->"
        before, found, rest = page.partition(begins)
        assert found, f"docs/profiles.md has no {begins}"
        page = f"{before}{begins}\n{text}\n<!-- end -->{rest.partition('<!-- end -->')[2]}"
    return page


def table(profiles: list[Profile]) -> str:
    """One line for each."""
    lines = [_row(*words.HEADINGS), "|---" * len(words.HEADINGS) + "|"]
    for profile in profiles:
        name, *cells = words.row(profile)
        lines.append(_row(f"[`{name}`](#{name})", *cells))
    return "\n".join(lines)


def section(profile: Profile) -> str:
    """All that one says, and from where."""
    return "\n".join(_section(profile))


def _section(profile: Profile) -> Iterator[str]:
    yield f"### {profile.name}\n\n{profile.title}. {profile.about}\n"
    yield _row("", "down", "up")
    yield "|---|---|---|"
    for cells in words.details(profile):
        yield _row(*cells)
    yield ""
    for what, sentence in words.both_directions(profile):
        yield f"- {what}: {sentence}"
    for paths, source in words.grouped_sources(profile):
        yield f"- {', '.join(f'`{path}`' for path in paths)}: {_source(source)}"


def _source(source: Source) -> str:
    named = f"“{source.title}”, {source.where}." if source.title else ""
    return " ".join(part for part in (named, source.note) if part)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(drawn(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
