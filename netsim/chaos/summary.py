"""Outcomes as people read them: one campaign in sentences, several as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

_PAIRS_SHOWN_MAX = 5


def print_one(console: Console, found: dict[str, Any], repeat: str) -> None:
    """The outcome of a campaign (its `--json` object), with what is wrong, and how to repeat it."""
    faults = ", ".join(f"{name} {count}" for name, count in found["faults"].items()) or "none"
    times = " · ".join(f"{name} {_seconds(value)}" for name, value in found["delivery_ms"].items())
    console.print(
        f"{found['profile']} via {found['via']}, {found['minutes']:g} minutes, seed {found['seed']}\n"
        f"  published {found['published']}, delivered {found['delivered']} of {found['addressed']} "
        f"({_excused(found)}{found['lost_by_restore']} alerts lost with a replaced store of the hub)\n"
        f"  lost {found['lost']}, shown twice {found['shown_twice']}, "
        f"false acknowledgements {found['false_acknowledgements']}\n"
        f"  delivery times: {times}\n"
        f"  links: {found['connections']} connections, {found['up_bytes']} bytes up, {found['down_bytes']} bytes down\n"
        f"  faults: {faults}",
        markup=False,
    )
    for words in found["unreproduced"]:
        console.print(f"  not reproduced: {words}", markup=False)
    _print_wrong(console, found)
    if found["ok"]:
        console.print("  Nothing was lost, shown twice, or falsely acknowledged.")
    else:
        console.print(f"  repeat with: {repeat}", markup=False)


def _excused(found: dict[str, Any]) -> str:
    return "" if found["excused"] is None else f"excused {found['excused']}; "


def _print_wrong(console: Console, found: dict[str, Any]) -> None:
    for name, pairs in found["wrong"].items():
        shown = ", ".join(f"{device} {key}" for device, key in pairs[:_PAIRS_SHOWN_MAX])
        more = f" and {len(pairs) - _PAIRS_SHOWN_MAX} more" if len(pairs) > _PAIRS_SHOWN_MAX else ""
        console.print(f"  WRONG {name}{': ' if pairs else ''}{shown}{more}", markup=False)
    for words in found["crashed"]:
        console.print(f"  CRASHED {words}", markup=False)
    if found["settled_s"] is None:
        console.print("  NOT SETTLED after the links had healed", markup=False)


def print_many(console: Console, found: Sequence[dict[str, Any]]) -> None:
    """A line for each campaign, and what is wrong below."""
    table = Table(box=SIMPLE_HEAD)
    columns = ("profile", "via", "published", "delivered", "lost", "twice", "false ack", "p50", "p90", "faults", "")
    for column in columns:
        table.add_column(column, justify="left" if column in ("profile", "via", "") else "right")
    for one in found:
        times = one["delivery_ms"]
        table.add_row(
            *(one["profile"], one["via"], _number(one["published"])),
            f"{_number(one['delivered'])}/{_number(one['addressed'])}",
            *(_number(one["lost"]), _number(one["shown_twice"]), _number(one["false_acknowledgements"])),
            *(_seconds(times["p50"]), _seconds(times["p90"]), str(sum(one["faults"].values()))),
            "ok" if one["ok"] else "WRONG",
        )
    console.print(table)
    for one in found:
        if not one["ok"]:
            console.print(f"{one['profile']}, seed {one['seed']}:", markup=False)
            _print_wrong(console, one)


def _number(value: int | None) -> str:
    return "–" if value is None else str(value)


def _seconds(value_ms: int | None) -> str:
    return "–" if value_ms is None else f"{value_ms / 1000:.1f} s"
