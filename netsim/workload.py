"""The alerts that Tocsin's own authors wrote, with their audiences, and their times moved to when they are needed.

The files carry fixed times around one moment, `WRITTEN_AT`: at that moment all have been sent and none has expired.
`rebase` moves a file's times by the distance between that moment and now. As the distance is the same for every file,
what one says of another (the `sent` inside `references`) still holds. Texts name no dates, so they need no change.
"""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from lxml import etree

from alerts.audience import Audience
from alerts.cap import times

WRITTEN_AT = int(datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp())
"""The moment around which the samples were written, in seconds since 1970."""

_TIMES = ("sent", "effective", "onset", "expires")


@dataclass(frozen=True, slots=True)
class Sample:
    """One alert of the set: its file's name, its bytes as stored (see `rebase`), and who it is for."""

    name: str
    xml: bytes
    audience: Audience


def sample_folder() -> Traversable:
    """Where the samples, `samples.toml` and `areas.csv` lie, in a checkout as in an installed wheel."""
    return files("netsim") / "samples"


def load_samples() -> list[Sample]:
    """All samples in the order in which to publish them: what an alert references comes before it."""
    folder = sample_folder()
    rows = tomllib.loads((folder / "samples.toml").read_text(encoding="utf-8"))["sample"]
    return [Sample(row["file"], (folder / row["file"]).read_bytes(), _audience(row)) for row in rows]


def load_areas() -> dict[str, str]:
    """Code → name of every area that the samples use, and of those above them; what `area import` reads."""
    lines = (sample_folder() / "areas.csv").read_text(encoding="utf-8").splitlines()
    return {row["code"]: row["name"] for row in csv.DictReader(lines)}


def rebase(xml: bytes, now: int, written_at: int = WRITTEN_AT) -> bytes:
    """The same alert as if it had been written at `now` instead of `written_at` (both seconds since 1970).

    Moves sent, effective, onset, expires and the times inside references; keeps each offset from UTC as written, and all
    else as it is. For a file from elsewhere give its own `sent` as `written_at`: it then comes out sent at `now`.

    Raises etree.XMLSyntaxError where `xml` is not well-formed, ValueError where a time is none or would leave the years 1
    to 9999.
    """
    seconds = now - written_at
    alert = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    space = f"{{{etree.QName(alert).namespace}}}"
    for element in alert.iter(*(space + tag for tag in _TIMES)):
        element.text = _move_time(element.text or "", seconds)
    for element in alert.iter(space + "references"):
        element.text = " ".join(_move_reference(reference, seconds) for reference in (element.text or "").split())
    return etree.tostring(alert, encoding="UTF-8", xml_declaration=True)


def _audience(row: dict[str, Any]) -> Audience:
    lists = {key: tuple(row.get(key, ())) for key in ("areas", "roles", "devices")}
    return Audience(**lists, everyone=row.get("everyone", False))


def _move_time(text: str, seconds: int) -> str:
    moment, _ = times.read_loosely(text.strip())
    return str(replace(moment, seconds=moment.seconds + seconds))


def _move_reference(reference: str, seconds: int) -> str:
    """`sender,identifier,sent` (CAP 1.2 §3.2.1)."""
    message, comma, sent = reference.rpartition(",")
    return message + comma + _move_time(sent, seconds)
