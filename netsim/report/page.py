"""The report of a campaign as one HTML page: no script, nothing from anywhere else, everything escaped.

The verdict first, then what happened on one time axis, then every row behind it.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from tornado.template import Template

from netsim.chaos.record import Record
from netsim.report import plots

LATER_S = 3600.0
MUST_BE_ZERO = ("lost", "shown_twice", "false_acknowledgements")
"""Of the summary; any other figure of findings that must not be stands in `wrong`."""


@dataclass(frozen=True, slots=True)
class DeviceLine:
    """A line of the table of devices, in words."""

    name: str
    alerts: int
    median: str
    p90: str
    longest: str
    connections: str
    up: str
    down: str


@dataclass(frozen=True, slots=True)
class FaultLine:
    """A line of the table of faults, in words."""

    began: str
    ended: str
    name: str
    target: str
    words: str


@dataclass(frozen=True, slots=True)
class ActLine:
    """A line of the table of acts, in words."""

    at: str
    kind: str
    target: str
    words: str
    outcome: str


def page(record: Record) -> bytes:
    """The page, UTF-8. Raises UserError: matplotlib is missing."""
    summary = record.meta.get("summary") or {}
    is_over = bool(summary)
    is_clean = is_over and not any(summary.get(name) for name in MUST_BE_ZERO) and not summary.get("wrong")
    meta = record.meta
    template = Template(resources.files(__package__).joinpath("page.html").read_text(encoding="utf-8"))
    return template.generate(
        title=f"Campaign on {meta['profile']}, seed {meta['seed']}",
        about=_about(record),
        is_clean=is_clean,
        verdict=_verdict(summary) if is_over else "The campaign did not come to its end; there is no verdict.",
        figures=_figures(summary),
        command=repeat_with(record),
        unreproduced=_words(meta.get("unreproduced")),
        course=plots.course(record),
        delivery=plots.delivery_times(record),
        devices=_devices(record),
        findings=record.findings,
        faults=_faults(record),
        acts=[ActLine(_clock(row.at_s), row.kind, row.target, row.words, row.outcome) for row in record.acts],
    )


def repeat_with(record: Record) -> str:
    """The command that runs the same schedule again."""
    meta = record.meta
    via, _, server = str(meta["via"]).partition(" ")  # "packet", "toxiproxy (real)"
    toxiproxy = f" --toxiproxy {server.strip('()')}" if server else ""
    return (
        f"tocsin-netsim chaos --profile {meta['profile']} --via {via}{toxiproxy} --minutes {meta['minutes']:g} "
        f"--devices {len(meta['devices'])} --seed {meta['seed']}"
    )


def _about(record: Record) -> str:
    meta = record.meta
    return (
        f"{meta.get('title', meta['profile'])}. A real hub and {len(meta['devices'])} real devices for {meta['minutes']:g} "
        f"minutes, each device behind this link (via {meta['via']}), while {len(record.faults)} faults befell them; then "
        "everything healed, and the stores were judged."
    )


def _verdict(summary: dict[str, object]) -> str:
    wrong = [f"{summary[name]} {name.replace('_', ' ')}" for name in MUST_BE_ZERO if summary.get(name)]
    others = [str(name).replace("_", " ") for name in _list(summary.get("wrong"))]
    told = wrong + [name for name in others if not any(name in each for each in wrong)]
    if told:
        return f"Broken: {', '.join(told)}."
    return "Nothing was lost, nothing was shown twice, nothing was claimed that a store does not bear out."


def _list(value: object) -> Sequence[object]:
    return list(value) if isinstance(value, list | tuple | dict) else []


def _words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")


def _figures(summary: dict[str, object]) -> list[tuple[str, str]]:
    """Every plain number of the summary, under its own name."""
    return [
        (name.replace("_", " "), f"{value:,}" if isinstance(value, int) else f"{value:,.1f}")
        for name, value in summary.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and name not in ("seed", "minutes")
    ]


def _devices(record: Record) -> list[DeviceLine]:
    took: defaultdict[str, list[float]] = defaultdict(list)
    for row in record.deliveries:
        took[row.device].append(row.arrived_s - row.published_s)
    last = {row.device: row for row in record.traffic}
    names = [*record.meta["devices"], *sorted({row.device for row in record.samples} - set(record.meta["devices"]))]
    lines = []
    for name in names:
        times, traffic = sorted(took[name]), last.get(name)
        lines.append(
            DeviceLine(
                name,
                len(times),
                _seconds(statistics.median(times)) if times else "–",
                _seconds(times[int(0.9 * (len(times) - 1))]) if times else "–",
                _seconds(times[-1]) if times else "–",
                f"{traffic.connections:,}" if traffic else "–",
                _bytes(traffic.up_bytes) if traffic else "–",
                _bytes(traffic.down_bytes) if traffic else "–",
            )
        )
    return lines


def _faults(record: Record) -> list[FaultLine]:
    return [
        FaultLine(
            _clock(row.began_s),
            _clock(row.ended_s) if row.ended_s is not None else "at once",
            row.name,
            row.target,
            row.words,
        )
        for row in sorted(record.faults, key=lambda row: row.began_s)
    ]


def _clock(at_s: float) -> str:
    minutes, seconds = divmod(at_s, 60)
    return f"{minutes:.0f}:{seconds:04.1f}"


def _seconds(value: float) -> str:
    if value < 1:
        return f"{value * 1000:.0f} ms"
    return f"{value:.1f} s" if value < LATER_S else f"{value / LATER_S:.1f} h"


def _bytes(count: int) -> str:
    return f"{count / 1000:,.1f} KB" if count >= 1000 else f"{count} B"
