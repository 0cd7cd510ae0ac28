"""`tocsin-netsim profiles`: the links that come with the package, where their figures come from, and a check of one's own."""

from __future__ import annotations

import json as json_text
import sys
from typing import Annotated, Any

from cyclopts import App, Parameter
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from netsim.profiles import words
from netsim.profiles.library import load_profile, profile_names
from netsim.profiles.profile import Profile, Source

profiles = App(name="profiles", help="Links of the field: list them, show one with its sources, check one's own.")

Json = Annotated[bool, Parameter(negative="", help="Print JSON.")]


@profiles.default
def list_(*, json: Json = False) -> None:
    """List the profiles that come with the package."""
    found = [load_profile(name) for name in profile_names()]
    if json:
        _write_json([_summary(profile) for profile in found])
        return
    console = Console()
    table = _table(*words.HEADINGS[:-1])  # without the NAT, so that it fits 80 columns
    for profile in found:
        table.add_row(*words.row(profile)[:-1])
    console.print(table)
    console.print("~ is the mean of a trace. One with its sources: tocsin-netsim profiles show NAME")


@profiles.command
def show(name: Annotated[str, Parameter(name="NAME")], /, *, json: Json = False) -> None:
    """Show all that a profile says, and the source of each figure.

    Parameters
    ----------
    name
        One of those that `profiles` lists, or the path of a file.
    """
    profile = load_profile(name)
    if json:
        _write_json(_whole(profile))
        return
    console = Console(highlight=False)
    console.print(f"[bold]{profile.name}[/bold]: {profile.title}", soft_wrap=True)
    if profile.about:
        console.print(profile.about)
    console.print()
    table = _table("", "down", "up", wraps=True)
    for cells in words.details(profile):
        table.add_row(*cells)
    console.print(table)
    for what, sentence in words.both_directions(profile):
        console.print(f"{what}: {sentence}")
    console.print("\n[bold]Where the figures come from[/bold]")
    for paths, source in words.grouped_sources(profile):
        _show_source(console, ", ".join(paths), source)
    for path in words.unsourced(profile):
        console.print(f"{path}\n    no source", markup=False)


@profiles.command
def check(file: Annotated[str, Parameter(name="FILE")], /, *, json: Json = False) -> None:
    """Check a profile of one's own, its trace too. The exit code is 2 where something is wrong.

    Parameters
    ----------
    file
        The path of a TOML file.
    """
    profile = load_profile(file)
    without = words.unsourced(profile)
    count = len(profile.figures())
    if json:
        _write_json(_summary(profile) | {"figures": count, "without_source": without})
        return
    sys.stdout.write(f"{file}: a valid profile, {count} figure{'' if count == 1 else 's'}.\n")
    if without:
        sys.stdout.write(f"Without a source: {', '.join(without)}\n")


def _show_source(console: Console, paths: str, source: Source) -> None:
    console.print(paths, markup=False)
    for line in (source.title, source.where, source.note):
        if line:
            console.print(f"    {line}", markup=False, soft_wrap=True)


def _table(*headings: str, wraps: bool = False) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), collapse_padding=True)
    for heading in headings:
        table.add_column(heading, no_wrap=not (wraps and heading))
    return table


def _summary(profile: Profile) -> dict[str, Any]:
    return {
        "name": profile.name,
        "title": profile.title,
        "down": profile.down.model_dump(exclude_none=True),
        "up": profile.up.model_dump(exclude_none=True),
        "round_trip_ms": profile.round_trip_ms,
        "outages": [outage.model_dump() for outage in profile.outages],
        "nat": profile.nat.model_dump() if profile.nat else None,
        "trace": profile.trace.down.file or profile.trace.up.file if profile.trace else None,
    }


def _whole(profile: Profile) -> dict[str, Any]:
    sources = {path: source.model_dump() for path in profile.figures() if (source := profile.source_of(path))}
    return _summary(profile) | {"about": profile.about, "sources": sources}


def _write_json(value: Any) -> None:
    sys.stdout.write(json_text.dumps(value, ensure_ascii=False) + "\n")
