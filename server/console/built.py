"""The built pages of the console, as the build leaves them in `static`: which there are, and which ones the shell needs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
FAILURE = "failure.txt"


@dataclass(frozen=True, slots=True)
class Built:
    """Names of files in `folder`."""

    folder: Path
    script: str
    style: str
    icon: str
    files: frozenset[str]


@dataclass(frozen=True, slots=True)
class NotBuilt:
    """There are no pages, and why."""

    reason: str


@cache
def built(folder: Path = STATIC) -> Built | NotBuilt:
    """What there is. It does not change while a hub runs: what is built anew has other names."""
    failure, manifest = folder / FAILURE, folder / "manifest.json"
    if failure.exists():
        return NotBuilt(failure.read_text(encoding="utf-8").strip())
    if not manifest.exists():
        return NotBuilt("it was never built: make setup builds it")
    names = json.loads(manifest.read_text(encoding="utf-8"))
    files = frozenset(path.name for path in folder.iterdir() if path != manifest and not path.name.startswith("."))
    return Built(folder, names["script"], names["style"], names["icon"], files)
