"""Profiles by name, from the files that come with the package, or from a file of one's own.

`load_profile` and `profile_names` read what is under `netsim/profiles/` in a checkout as in an installed wheel. The
errors name the file, the key's path in it, what was expected there and what was found.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from alerts.errors import UserError
from netsim.profiles.bursts import Bursts
from netsim.profiles.outages import Outage
from netsim.profiles.profile import Nat, Profile, Source, Way
from netsim.profiles.recording import read_trace

EXIT_PROFILE = 2
"""The exit code where a profile is not there or is wrong."""
HINT = "docs/profiles.md says what a profile may contain; `tocsin-netsim profiles check FILE` checks one."

_PARTS: dict[str, type[BaseModel]] = {"up": Way, "down": Way, "loss": Bursts, "outages": Outage, "nat": Nat}
_KINDS = {
    "valid number": "a number",
    "valid integer": "a whole number",
    "valid string": "text",
    "valid dictionary": "a table",
    "valid tuple": "an array of tables",
}


def profile_names() -> list[str]:
    """The names of the profiles that come with the package, in alphabetical order."""
    return sorted(file.name.removesuffix(".toml") for file in _folder().iterdir() if file.name.endswith(".toml"))


def load_profile(name_or_path: str | os.PathLike[str]) -> Profile:
    """A profile by its name, or from a file: whatever ends in `.toml` or contains a `/` is a path.

    Raises UserError: no such name (with the nearest, and all), a file that cannot be read, keys or values that are wrong.
    """
    text = os.fspath(name_or_path)
    if isinstance(name_or_path, os.PathLike) or text.endswith(".toml") or "/" in text or os.sep in text:
        path = Path(text)
        return _parse(_read(path, text), text, path.stem, path.parent)
    names = profile_names()
    if text not in names:
        near = difflib.get_close_matches(text, names, 1)
        meant = f"; did you mean {near[0]}?" if near else ""
        hint = f"There are {', '.join(names)}; or give the path of a file of your own."
        raise UserError(f"there is no profile {text!r}{meant}", hint, EXIT_PROFILE)
    return _parse((_folder() / f"{text}.toml").read_text(encoding="utf-8"), f"{text}.toml", text, _folder())


def _folder() -> Traversable:
    return files("netsim") / "profiles"


def _read(path: Path, shown: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UserError(
            f"cannot read {shown}: {error.strerror}", "Check the name and the right to read it.", EXIT_PROFILE
        ) from None
    except UnicodeDecodeError as error:
        raise UserError(f"{shown} is not text in UTF-8: {error}", HINT, EXIT_PROFILE) from None


def _parse(text: str, shown: str, name: str, folder: Traversable) -> Profile:
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"{shown} is not TOML: {error}", HINT, EXIT_PROFILE) from None
    problems: list[str] = []
    if "name" in found:
        problems.append("name: expected nothing, the file's name is the profile's")
    if "trace" in found:
        try:
            found["trace"] = read_trace(found["trace"], folder)
        except UserError as error:
            raise UserError(f"{shown}: {error}", error.hint, error.exit_code) from None
    found |= {"name": name, "sources": _sources(found.pop("source", []), problems)}
    try:
        profile = Profile.model_validate(found)
    except ValidationError as error:
        problems += _in_short(error)
    if problems:
        raise UserError(f"{shown}: " + "; ".join(problems), HINT, EXIT_PROFILE)
    return profile


def _sources(rows: Any, problems: list[str]) -> dict[str, Any]:
    """`[[source]]` tables, each with the `figures` that it is for, as figure → source."""
    sources: dict[str, Any] = {}
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        problems.append("source: expected [[source]] tables")
        return {}
    for at, row in enumerate(rows):
        figures = row.pop("figures", None)
        if not (isinstance(figures, list) and figures and all(isinstance(figure, str) for figure in figures)):
            problems.append(f'source.{at}.figures: expected paths such as ["down.rate_bit_s"], found {figures!r}')
            continue
        problems += [
            f"source.{at}.figures: {figure} has a source already"
            for place, figure in enumerate(figures)
            if figure in sources or figure in figures[:place]
        ]
        try:
            source = Source.model_validate(row)
        except ValidationError as error:
            problems += _in_short(error, f"source.{at}.", Source)
            continue
        sources |= dict.fromkeys(figures, source)
    return sources


def _in_short(error: ValidationError, above: str = "", part: type[BaseModel] = Profile) -> Iterator[str]:
    for one in error.errors(include_url=False):
        path = (above + ".".join(str(step) for step in one["loc"])).removesuffix(".")
        yield f"{path}: {_problem(one, part)}" if path else _problem(one, part)


def _problem(one: Any, part: type[BaseModel]) -> str:
    if one["type"] == "missing":
        return "expected a value, found nothing"
    if one["type"] == "extra_forbidden":
        near = difflib.get_close_matches(str(one["loc"][-1]), _known_keys(one["loc"], part), 1)
        return "there is no such key" + (f"; did you mean {near[0]}?" if near else "")
    words = str(one["msg"]).removeprefix("Value error, ").replace("Input should be ", "expected ")
    if one["type"] == "value_error":
        return words
    words = words.removeprefix("expected a ").removeprefix("expected ").removeprefix("an object or ")
    for theirs, ours in _KINDS.items():
        words = ours if theirs in words else words
    return f"expected {words}, found {repr(one['input'])[:60]}"


def _known_keys(path: tuple[int | str, ...], part: type[BaseModel]) -> list[str]:
    for step in path[:-1]:
        part = _PARTS.get(step, part) if isinstance(step, str) else part
    return [name for name in part.model_fields if name not in ("name", "sources")] + ["source"] * (part is Profile)
