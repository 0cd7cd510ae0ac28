"""`tocsin-netsim bench idle`: what a device costs while nothing happens, and when it comes back."""

from __future__ import annotations

import json as json_text
import sys
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from alerts.session.keepalive import RUNGS_S
from netsim.bench import idle as idling
from netsim.bench import resume as resuming
from netsim.commands.bench import TOCSIN
from netsim.packet.network import open_network


def idle(
    *,
    keep_alive_s: Annotated[
        tuple[float, ...], Parameter(consume_multiple=True, negative="", validator=Number(gte=1))
    ] = RUNGS_S,
    missed: Annotated[
        tuple[int, ...], Parameter(consume_multiple=True, negative="", validator=Number(gte=0))
    ] = resuming.MISSED,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Bytes an idle hour by the keep-alive, IP packets counted, and the bytes of a reconnect. Needs Linux's namespaces.

    Parameters
    ----------
    keep_alive_s
        Seconds of silence after which the device asks.
    missed
        How many alerts a device missed that comes back.
    json
        Print one JSON object instead of tables.
    """
    with Console(stderr=True).status("measuring …"):
        report = idling.report(TOCSIN, lambda: open_network("tun"), keep_alives_s=keep_alive_s, missed=missed)
    if json:
        sys.stdout.write(json_text.dumps(report.as_json()) + "\n")
    else:
        _show(report)


def _show(report: idling.Report) -> None:
    console = Console()
    one = report.exchange
    console.print(f"One keep-alive: {one.bytes_up:g} bytes up, {one.bytes_down:g} down, in IP packets.", soft_wrap=True)
    hours = _table("keep-alive", "bytes an idle hour")
    for run in report.runs:
        hours.add_row(f"{run.keep_alive_s:g} s", f"{run.bytes_per_hour:,}")
    console.print(hours)
    reached = "reached" if report.bytes_per_hour_by_default <= idling.GOAL_BYTES_PER_HOUR else "missed"
    console.print(
        f"By default, on a network that survives the longest silence: {report.bytes_per_hour_by_default:,} bytes an idle hour; "
        f"the goal of {idling.GOAL_BYTES_PER_HOUR:,} is {reached}.",
        soft_wrap=True,
    )
    if report.reconnects:
        console.print("\nA reconnect, TCP payload until the last missed alert is stored:")
        table = _table("missed", "bytes up", "bytes down")
        for back in report.reconnects:
            table.add_row(str(back.missed), f"{back.bytes_up:,}", f"{back.bytes_down:,}")
        console.print(table)


def _table(*headings: str) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    for heading in headings:
        table.add_column(heading, justify="right", no_wrap=True)
    return table
