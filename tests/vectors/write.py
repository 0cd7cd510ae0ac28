"""Write the vectors anew: `python -m tests.vectors.write`. Look at the difference before committing it.

Bytes that a released version wrote must stay readable for good, so a case is added rather than changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.vectors import cases, invalid, lean, scenarios
from tests.vectors.meanings import Json

FOLDER = Path(__file__).resolve().parent

FILES: dict[str, Callable[[], list[Json]]] = {
    "frames.json": cases.frames,
    "compressed.json": cases.compressed,
    "dictionaries.json": lean.dictionaries,
    "lean.json": lean.messages,
    "handshakes.json": cases.handshakes,
    "items.json": cases.items,
    "uplink.json": cases.uplink,
    "invalid.json": invalid.cases,
    "sessions.json": scenarios.cases,
}


def text_of(made: list[Json]) -> str:
    """A file's text."""
    return json.dumps({"version": "tocsin.v1", "cases": made}, indent=1, ensure_ascii=False) + "\n"


def read(name: str) -> list[Json]:
    """The cases of one file."""
    cases_read: list[Json] = json.loads((FOLDER / name).read_text(encoding="utf-8"))["cases"]
    return cases_read


def main() -> None:
    """Write every file."""
    for name, make in FILES.items():
        (FOLDER / name).write_text(text_of(make()), encoding="utf-8")


if __name__ == "__main__":
    main()
