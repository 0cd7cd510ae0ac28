"""`tocsin-netsim bench`: what Tocsin costs, measured; one command for each benchmark."""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Sequence
from typing import Annotated, Literal

from cyclopts import App, Parameter
from cyclopts.validators import Number
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from netsim.bench import resume as resuming
from netsim.bench.ends import Subject
from netsim.packet.network import open_network

bench = App(name="bench", help="What Tocsin costs in round trips, bytes and time, measured on real processes.")

TOCSIN = Subject(
    hub=[sys.executable, "-m", "netsim.bench.hub_end"],
    field=[sys.executable, "-m", "netsim.bench.field_end"],
)

bench.command(
    "netsim.commands.calibrate:calibrate",
    name="calibrate",
    help="How exact the packet path is: round trip, rate and shares of packets, asked and measured.",
)
bench.command(
    "netsim.commands.idle:idle",
    name="idle",
    help="Bytes of an hour in which nothing happens, and of a reconnect.",
)
bench.command(
    "netsim.commands.predict:predict",
    name="predict",
    help="How near the model in virtual time comes to real processes.",
)
bench.command(
    "netsim.commands.tls:tls",
    name="tls",
    help="Bytes of a TLS handshake, full and resumed, by the chain of certificates.",
)
bench.command(
    "netsim.commands.watch:watch",
    name="watch",
    help="How far a live page is behind the store while devices acknowledge at once.",
)
bench.command(
    "netsim.commands.wire:wire",
    name="wire",
    help="Bytes an alert, beside other encodings and other services.",
)

_VIA = {
    "tun": "real TCP between two network namespaces, the delay on the packets",
    "proxy": "a proxy on the loopback that holds the connect for one round trip",
}
_SEVERAL = Parameter(consume_multiple=True, negative="", validator=Number(gte=0))


@bench.command
def resume(
    *,
    rtt_ms: Annotated[tuple[float, ...], _SEVERAL] = resuming.RTTS_MS,
    missed: Annotated[tuple[int, ...], _SEVERAL] = resuming.MISSED,
    via: Literal["auto", "tun", "proxy"] = "auto",
    json: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """How soon a device that comes back has stored what it missed, from its SYN on plain TCP, and the bytes of it.

    Parameters
    ----------
    rtt_ms
        Round trip times of the network in milliseconds.
    missed
        How many alerts the device missed.
    via
        How the delay is made: on the packets (tun, Linux), by a proxy, or whichever this machine allows.
    json
        Print one JSON object instead of a table.
    """
    with Console(stderr=True).status("measuring …") as status:
        report = resuming.report(
            TOCSIN,
            lambda: open_network(via),
            rtts_ms=rtt_ms,
            missed=missed,
            measured=lambda run: status.update(f"measured {run.missed} missed at {run.rtt_ms:g} ms …"),
        )
    if json:
        sys.stdout.write(json_text.dumps(report.as_json()) + "\n")
    else:
        _show(report)


def _show(report: resuming.Report) -> None:
    console = Console()
    console.print(f"Resume after missed alerts, from the SYN; {_VIA[report.via]}.", soft_wrap=True)
    console.print(_table(report.runs))
    worst = report.first_alert_round_trips
    if worst is not None:
        reached = "reached" if worst <= resuming.FIRST_ALERT_ROUND_TRIPS_MAX else "missed"
        console.print(
            f"First missed alert stored after {worst:.2f} round trips at most; "
            f"the goal of {resuming.FIRST_ALERT_ROUND_TRIPS_MAX} is {reached}.",
            soft_wrap=True,
        )


def _table(runs: Sequence[resuming.Run]) -> Table:
    table = Table(
        box=SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True
    )  # narrow: it must fit 80 columns
    for heading in ("rtt", "missed", "to first", "in rtt", "to last", "in rtt", "bytes up", "bytes down"):
        table.add_column(heading, justify="right", no_wrap=True)
    for run in runs:
        table.add_row(
            f"{run.rtt_ms:g} ms",
            str(run.missed),
            _milliseconds(run.ms_to_first),
            _round_trips(run.round_trips_to_first),
            _milliseconds(run.ms_to_last),
            _round_trips(run.round_trips_to_last),
            f"{run.bytes_up:,}",
            f"{run.bytes_down:,}",
        )
    return table


def _milliseconds(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f} ms"


def _round_trips(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
