"""`tocsin-netsim bench calibrate`: how exactly the router between the namespaces does what it is asked."""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from netsim.bench import calibrate as calibrating
from netsim.bench.calibrate import Comparison, Figure, Report, Speed
from netsim.packet.network import Shaping
from netsim.profiles.library import load_profile, profile_names

EXIT_OUTSIDE = 1


def calibrate(
    *,
    profile: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative="")] = (),
    seconds: Annotated[float, Parameter(validator=Number(gt=0))] = calibrating.SECONDS,
    packets: Annotated[int, Parameter(validator=Number(gte=100))] = calibrating.PACKETS,
    shaping: Shaping = "auto",
    json: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Round trip, rate and shares of packets between two namespaces against what was asked, and against the kernel's own.

    Parameters
    ----------
    profile
        Names or files of profiles; all that come with the package if none is named.
    seconds
        How long a transfer lasts at least; on slow links it lasts longer.
    packets
        How many UDP packets are sent for each share.
    shaping
        Who delays and loses packets: the kernel's netem where it can, the router, or netem where the kernel has it.
    json
        Print one JSON object instead of a table.
    """
    profiles = [load_profile(name) for name in profile or profile_names()]
    with Console(stderr=True).status("measuring …") as status:
        report = calibrating.report(
            profiles,
            seconds=seconds,
            packets=packets,
            shaping=shaping,
            measured=lambda what: status.update(f"measured {what} …"),
        )
    if json:
        sys.stdout.write(json_text.dumps(report.as_json()) + "\n")
    else:
        _show(report)
    return 0 if report.is_within else EXIT_OUTSIDE


def _show(report: Report) -> None:
    console = Console()
    who = "The kernel's netem where it means the same, else the router" if report.has_netem else "The router"
    console.print(f"{who} in Python, on the real TCP and UDP of this machine.", soft_wrap=True)
    console.print(_table(report))
    for comparison in report.comparisons:
        console.print(_compared(comparison), soft_wrap=True)
    for speed in report.speeds:
        console.print(_carried(speed), soft_wrap=True)
    outside = [figure for figures in report.profiles.values() for figure in figures if not figure.is_within]
    console.print(
        "Everything is within its bounds."
        if report.is_within
        else f"Outside of their bounds: {len(outside)} figures of profiles, marked !, and what the comparisons name.",
        soft_wrap=True,
    )


def _table(report: Report) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    for heading in ("profile", "figure"):
        table.add_column(heading, no_wrap=True)
    for heading in ("asked", "measured", "error", "allowed"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, figures in report.profiles.items():
        if not figures:
            table.add_row(name, "as recorded", "", "", "", "")
        for row in _rows(name, figures):
            table.add_row(*row)
    return table


def _rows(name: str, figures: Sequence[Figure]) -> list[tuple[str, ...]]:
    return [
        (
            name if index == 0 else "",
            figure.what,
            _value(figure.asked, figure.unit),
            _value(figure.measured, figure.unit),
            _error(figure),
            _allowed(figure),
        )
        for index, figure in enumerate(figures)
    ]


def _error(figure: Figure) -> str:
    percent = "–" if figure.error_percent is None else f"{figure.error_percent:+.1f} %"
    return percent if figure.is_within else f"{percent} !"


def _allowed(figure: Figure) -> str:
    if figure.asked:
        return f"±{100 * figure.error_max / figure.asked:.0f} %"
    return f"±{_value(figure.error_max, figure.unit)}"


def _value(value: float, unit: str) -> str:
    if unit == "ms":
        return f"{value:,.1f} ms"
    if unit == "bit/s":
        return f"{value / 1e6:.2f} Mbit/s" if value >= 1e6 else f"{value / 1000:.1f} kbit/s"
    return f"{100 * value:.3f} %"


def _compared(comparison: Comparison) -> str:
    ours = f"{comparison.what}: ours {_value(comparison.ours.measured, comparison.ours.unit)}"
    if comparison.kernels is None:
        return f"{ours}; not compared with {comparison.judge}: {comparison.trouble}."
    are_near = comparison.ours.is_within and comparison.kernels.is_within
    bound = f"± {_value(comparison.ours.error_max, comparison.ours.unit)}"
    return (
        f"{ours}, {comparison.judge} {_value(comparison.kernels.measured, comparison.kernels.unit)}; "
        f"both within {bound} of what was asked: {'yes' if are_near else 'no'}."
    )


def _carried(speed: Speed) -> str:
    asked = "as fast as it can" if speed.rate_bit_s is None else f"at {speed.rate_bit_s / 1e6:g} Mbit/s"
    return (
        f"The router {asked}: {speed.megabytes_a_second:.1f} MB/s, "
        f"{speed.processor_ms_a_megabyte:.0f} ms of processor for a MB."
    )
