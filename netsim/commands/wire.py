"""`tocsin-netsim bench wire`: bytes an alert, Tocsin's messages beside other encodings and other services."""

from __future__ import annotations

import json as json_text
import os
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from alerts.errors import UserError
from netsim.bench.wire import capture as capturing
from netsim.bench.wire import measure as measuring
from netsim.bench.wire.capture import Captured
from netsim.bench.wire.corpus import Row, halves, read_corpus
from netsim.bench.wire.measure import Report
from netsim.commands.bench import TOCSIN
from netsim.workload import sample_folder

CORPUS_VARIABLE = "TOCSIN_CORPUS"


def wire(
    *,
    corpus: Path | None = None,
    train: Path | None = None,
    plot: Path | None = None,
    capture: Annotated[bool, Parameter(negative="")] = False,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Bytes an alert on the wire, by encoding: the message, and what delivering it to a device takes down to IP.

    Parameters
    ----------
    corpus
        What is measured: a file of JSON lines, or a folder of CAP XML. If absent, what TOCSIN_CORPUS names, else the samples.
    train
        What the trained dictionary is made from, in the same forms; then all of the corpus is measured. If absent, the
        corpus is split by group, one half is trained on and the other measured.
    plot
        A folder for pictures (SVG) of the sizes.
    capture
        Send sample alerts through a real hub and a real broker too, and compare what is counted here with their IP packets.
    json
        Print one JSON object instead of tables.
    """
    measured, training = _chosen(corpus, train)
    with Console(stderr=True).status("measuring …") as status:
        report = measuring.report(measured, training, done=lambda what: status.update(f"measured: {what} …"))
        if capture:
            status.update("real packets …")
        captured = capturing.capture(TOCSIN) if capture else []
    if plot is not None:
        _draw(report, plot)
    if json:
        told = report.as_json() | ({"capture": [one.as_json() for one in captured]} if capture else {})
        sys.stdout.write(json_text.dumps(told, ensure_ascii=False) + "\n")
    else:
        _show(report)
        for one in captured:
            _show_captured(one)


def _chosen(corpus: Path | None, train: Path | None) -> tuple[list[Row], list[Row]]:
    """What is measured, and what is trained on."""
    named = corpus or Path(os.environ.get(CORPUS_VARIABLE) or str(sample_folder()))
    rows = read_corpus(named, _pass_over)
    if train is not None:
        return rows, read_corpus(train, _pass_over)
    training, measured = halves(rows)
    if not measured:
        raise UserError(
            f"{named}: all {len(rows)} alerts belong to the half that is trained on, by their groups",
            "Name another file to train on with --train.",
        )
    return measured, training


def _pass_over(words: str) -> None:
    sys.stderr.write(f"passed over: {words}\n")


def _draw(report: Report, folder: Path) -> None:
    try:
        from netsim.bench.wire.plots import draw
    except ImportError:
        raise UserError("--plot needs matplotlib, which is not installed", "pip install 'tocsin[netsim]'") from None
    try:
        draw(report, folder)
    except OSError as error:
        raise UserError(f"pictures cannot be written into {folder}: {error.strerror}", "Check --plot.") from None


# -- for people -------------------------------------------------------------------------------------------------------


def _show(report: Report) -> None:
    console = Console(highlight=False)
    told = report.as_json()
    trained = "no dictionary" if report.trained_on is None else f"a dictionary trained on {report.trained_on:,} others"
    console.print(
        f"Bytes an alert: {told['alerts']:,} alerts, {told['short_alerts']:,} of them short; {trained}.", soft_wrap=True
    )
    console.print(_table(report))
    catch_up, empty = report.catch_up, report.empty
    console.print(
        f"A device that has missed {catch_up.missed}: {catch_up.to_ip:,.0f} bytes for each down to IP, "
        f"{catch_up.with_tls:,.0f} with TLS records, {catch_up.frames_down:,.0f} of them frames from the hub "
        f"(median of {catch_up.windows:,}).",
        soft_wrap=True,
    )
    console.print(
        f"One that has missed nothing: {empty.payload:,} bytes of HTTP and WebSocket, {empty.up:,} up and "
        f"{empty.down:,} down; beside them {empty.tcp_ip:,} of TCP/IP and {empty.tls_records:,} of TLS records.",
        soft_wrap=True,
    )
    speed = report.speed
    console.print(
        f"A message takes {speed.encode_ms:.2f} ms to make, {speed.encode_referring_ms:.1f} ms with the search for what to "
        f"refer to (JSON by brotli 11: {speed.brotli_encode_ms:.1f} ms), and {speed.decode_us:.0f} µs to read, "
        f"{speed.decode_referring_us:.0f} µs with references (brotli and JSON: {speed.json_decode_us:.0f} µs).",
        soft_wrap=True,
    )
    console.print(_by_length(report))


def _show_captured(one: Captured) -> None:
    Console(highlight=False).print(
        f"Real packets of {one.alerts} alerts, {one.what}: {one.counted.payload:,} bytes of payload, counted here "
        f"{one.model.payload:,}; {one.counted.packets:,} packets, here {one.model.packets:,}; {one.counted.bytes:,} bytes "
        f"in all, here {one.model.bytes:,} ({one.off:+.1%}).",
        soft_wrap=True,
    )


def _new_table(*headings: str) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    for index, heading in enumerate(headings):
        table.add_column(heading, justify="right" if index else "left", no_wrap=True)
    return table


def _table(report: Report) -> Table:
    told = report.as_json()
    table = _new_table("encoding", "median", "mean", "short", "delivered", "mean", "short")
    for name in report.sizes:
        figures = [told[kind][name] for kind in ("encodings", "delivered")]
        table.add_row(name, *(_bytes(one[key]) for one in figures for key in ("median", "mean", "short_median")))
    return table


def _by_length(report: Report) -> Table:
    classes = report.as_json()["by_length"]
    table = _new_table("median, by characters", *classes)
    table.add_row("alerts", *(f"{one['alerts']:,}" for one in classes.values()))
    for name in report.sizes:
        table.add_row(name, *(_bytes(one["encodings"][name]) for one in classes.values()))
    return table


def _bytes(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"
