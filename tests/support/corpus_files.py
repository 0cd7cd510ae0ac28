"""The corpus of real CAP files, each classified: accepted, or refused with the reason and the line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from alerts.cap.from_xml import Reading, from_xml
from alerts.errors import InvalidAlertError, Violation
from tests.support.needs import corpus


@dataclass(frozen=True)
class Accepted:
    """A file that Tocsin publishes."""

    path: Path
    reading: Reading


@dataclass(frozen=True)
class Refused:
    """A file that Tocsin refuses, with all that is wrong in it."""

    path: Path
    violations: tuple[Violation, ...]

    @property
    def reason(self) -> str:
        """In one line."""
        return "; ".join(map(str, self.violations))

    @property
    def line(self) -> int | None:
        """Of the first violation."""
        return self.violations[0].line


def cap_files() -> list[Path]:
    """Every CAP file of the corpus, in order of name; empty where there is no corpus."""
    folder = corpus()
    return sorted(path for path in (folder / "cap").iterdir() if path.suffix in {".cap", ".xml"}) if folder else []


def classify(path: Path) -> Accepted | Refused:
    """What becomes of a file."""
    try:
        return Accepted(path, from_xml(path.read_bytes()))
    except InvalidAlertError as error:
        return Refused(path, error.violations)
