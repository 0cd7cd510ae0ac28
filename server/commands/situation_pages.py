"""The situation as people read it in a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.commands import output
from server.commands.output import Table

REACHED = ("delivered", "seen", "acknowledged", "answered")


def situation_tables(found: Mapping[str, Any], *, all_areas: bool = False) -> list[Table]:
    """A table for each part in which there is something."""
    tables = [_alerts(found), _areas(found, all_areas=all_areas), *_sections(found)]
    return [table for table in tables if table.row_count]


def _alerts(found: Mapping[str, Any]) -> Table:
    more = f", and {found['alerts_left_off']:,} more" if found["alerts_left_off"] else ""
    table = Table(
        "alert", "status", "severity", "what", "for", "has it", "acknowledged", "until", title=f"In force{more}"
    )
    for row in found["alerts"]:
        counts = row["counts"]
        meant, has = sum(counts.values()), sum(counts[state] for state in REACHED)
        acknowledged = counts["acknowledged"] + counts["answered"]
        words = row["headlines"][0]["headline"] or row["headlines"][0]["event"] if row["headlines"] else ""
        share = (f"{count:,} of {meant:,}" for count in (has, acknowledged))
        table.add_row(
            *(str(row["number"]), row["status"], row["severity"], words, _audience(row), *share),
            output.when(row["expires"]),
        )
    return table


def _audience(row: Mapping[str, Any]) -> str:
    return "everyone" if row["everyone"] else " ".join((*row["areas"], *row["roles"])) or "devices by name"


def _areas(found: Mapping[str, Any], *, all_areas: bool) -> Table:
    table = Table("area", "name", "gravest", "alerts", "devices", "lacking", "", title="Areas")
    for row in found["areas"]:
        if all_areas or row["alerts"] or row["exercises"] or row["lacking"] or row["silent"]:
            lacking = f"{row['lacking']:,} of {row['addressed']:,}" if row["addressed"] else ""
            table.add_row(
                *(row["area"] or "(none)", row["name"], row["severity"] or "", str(row["alerts"])),
                *(f"{row['devices']:,}", lacking, "silent" if row["silent"] else ""),
            )
    return table


def _sections(found: Mapping[str, Any]) -> list[Table]:
    silent = Table("kind", "name", "since", "figures", title="Silent")
    for row in found["silent"]:
        silent.add_row(row["kind"], row["name"], output.when(row["since"]), row["words"])
    waiting = Table("what", "number", "severity", "title", "by", "since", title="Waits for approval")
    for row in found["waiting"]:
        waiting.add_row(
            row["kind"], str(row["id"]), row["severity"], row["title"], row["by"], output.when(row["since"])
        )
    failures = Table("what", "name", "since", "problem", title="Fails")
    for row in found["failures"]:
        failures.add_row(row["kind"], row["name"], output.when(row["since"]), row["words"])
    return [silent, waiting, failures]
