"""The plots of a report, as SVG to stand in a page. All of a campaign's plots have the same time axis, in minutes.

The same record gives the same bytes.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from alerts.errors import UserError
from netsim.chaos.record import FaultRow, Record, Sample

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MINUTE_S = 60.0
WIDTH_IN = 9.6
INSTANT_S = 0.0
LABEL_SHARE = 0.09
"""Of the time axis, what a label beside a fault takes."""
KINDS_MAX = 6
"""Kinds of bytes that are shown by themselves; the smaller ones are shown together."""
OTHER_KINDS = "all other"

STATE_COLOURS = {
    "CONNECTED": "#4c9f70",
    "CONNECTING": "#e3b23c",
    "WAITING": "#e3b23c",
    "STARTING": "#9aa5b1",
    "OFF": "#52606d",
}
LINK_COLOURS = {"open": "#d9e2ec", "cut": "#ba2525", "outage": "#e66a6a", "stalled": "#a368fc", "black hole": "#653cad"}
HUB_COLOURS = {"up": "#4c9f70", "starting": "#e3b23c", "off": "#52606d"}
HAS, DUE, FAULT, INK = "#186faf", "#bcdff5", "#ba2525", "#323f4b"
PALETTE = ("#186faf", "#e3b23c", "#4c9f70", "#a368fc", "#e66a6a", "#627d98", "#2bb0ed", "#8d2b0b", "#b4c540", "#d64ac4")
_STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.size": 9,
    "svg.fonttype": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
}


def delivery_times(record: Record) -> str:
    """What share of a device's alerts had arrived so long after their publishing (a logarithmic axis)."""

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        took: defaultdict[str, list[float]] = defaultdict(list)
        for row in record.deliveries:
            took[row.device].append(max(row.arrived_s - row.published_s, 0.001))
        for colour, device in zip(_colours(), sorted(took), strict=False):
            times = sorted(took[device])
            shares = [index / len(times) for index in range(1, len(times) + 1)]
            axes.step([times[0], *times], [0, *shares], where="post", color=colour, label=f"{device} ({len(times)})")
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.set_ylim(0, 1.02)
        axes.set_xlabel("seconds from the hub's answer to the alert's commit on the device")
        axes.set_ylabel("share of its alerts")
        axes.grid(visible=True, which="major", color="#e4e7eb")
        if took:
            axes.legend(frameon=False, loc="lower right")

    return _svg("delivery", (WIDTH_IN, 3.2), draw)


def course(record: Record) -> str:
    """What befell hub and devices, what each device had, and what the links carried, on one time axis."""
    devices = list(record.meta["devices"])
    devices += sorted({row.device for row in record.samples} - set(devices))

    def draw(figure: Figure) -> None:
        heights = [0.5 + 0.22 * len(_lanes(record.faults)), *(0.9 for _ in devices), 1.8]
        rows: Any = figure.subplots(len(heights), 1, sharex=True, gridspec_kw={"height_ratios": heights})
        _draw_faults(rows[0], record)
        by_device = _by_device(record.samples)
        for axes, device in zip(rows[1:-1], devices, strict=True):
            _draw_device(
                axes, device, by_device[device], [each for each in record.faults if each.target in (device, "hub")]
            )
        _draw_bytes(rows[-1], record)
        rows[-1].set_xlabel("minutes")
        rows[-1].set_xlim(0, _end_s(record) / MINUTE_S)
        figure.align_ylabels()

    height_in = 1.4 + 0.22 * len(_lanes(record.faults)) + 0.95 * len(devices) + 1.8
    return _svg("course", (WIDTH_IN, height_in), draw)


def _end_s(record: Record) -> float:
    ends = [row.at_s for row in record.samples] + [fault.ended_s or fault.began_s for fault in record.faults]
    return max([MINUTE_S, *ends])


def _colours() -> Iterable[str]:
    while True:
        yield from PALETTE


def _by_device(samples: Iterable[Sample]) -> defaultdict[str, list[Sample]]:
    rows: defaultdict[str, list[Sample]] = defaultdict(list)
    for row in samples:
        rows[row.device].append(row)
    return rows


def _lanes(faults: Iterable[FaultRow]) -> list[str]:
    """One line for each kind of fault, in the order of their first time."""
    return list(dict.fromkeys(fault.name for fault in sorted(faults, key=lambda fault: fault.began_s)))


def _draw_faults(axes: Axes, record: Record) -> None:
    lanes = _lanes(record.faults)
    room = dict.fromkeys(lanes, 0.0)
    for fault in sorted(record.faults, key=lambda fault: fault.began_s):
        line = lanes.index(fault.name)
        start, end = fault.began_s / MINUTE_S, (fault.ended_s or fault.began_s) / MINUTE_S
        if end - start > INSTANT_S:
            axes.barh(line, end - start, left=start, height=0.7, color=FAULT, alpha=0.75, linewidth=0)
        else:
            axes.plot([start], [line], marker="v", color=FAULT, markersize=5, linestyle="none")
        if start >= room[fault.name]:  # else it would stand on the last one
            axes.annotate(
                *(fault.target, (end, line), (6, 0)),
                textcoords="offset points",
                va="center",
                fontsize=6.5,
                annotation_clip=True,
            )
            room[fault.name] = end + LABEL_SHARE * _end_s(record) / MINUTE_S
    hub = len(lanes)
    _strip(axes, [(row.at_s, row.state) for row in record.hub], HUB_COLOURS, hub - 0.35, 0.7)
    axes.set_yticks(range(hub + 1), [*lanes, "hub"])
    axes.set_ylim(hub + 0.6, -0.6)
    axes.tick_params(length=0)
    axes.set_title("Faults, and the hub (green: serving)", loc="left", fontsize=9)


def _strip(
    axes: Axes, states: Sequence[tuple[float, str]], colours: dict[str, str], bottom: float, height: float
) -> None:
    """Runs of states as coloured bars."""
    begin = 0
    for index in range(1, len(states) + 1):
        if index == len(states) or states[index][1] != states[begin][1]:
            start, end = states[begin][0], states[min(index, len(states) - 1)][0]
            colour = colours.get(states[begin][1], "#9aa5b1")
            axes.broken_barh(
                [(start / MINUTE_S, (end - start) / MINUTE_S)], (bottom, height), color=colour, linewidth=0
            )
            begin = index


def _draw_device(axes: Axes, device: str, samples: Sequence[Sample], faults: Iterable[FaultRow]) -> None:
    at = [row.at_s / MINUTE_S for row in samples]
    axes.fill_between(at, [row.due for row in samples], step="post", color=DUE, linewidth=0)
    axes.fill_between(at, [row.has for row in samples], step="post", color=HAS, linewidth=0)
    for fault in faults:
        start, end = fault.began_s / MINUTE_S, (fault.ended_s or fault.began_s) / MINUTE_S
        if end > start:
            axes.axvspan(start, end, color=FAULT, alpha=0.12, linewidth=0)
        else:
            axes.axvline(start, color=FAULT, alpha=0.6, linewidth=0.8)
    top = max([1, *(max(row.due, row.has) for row in samples)])
    _strip(axes, [(row.at_s, row.connection) for row in samples], STATE_COLOURS, -0.14 * top, 0.1 * top)
    _strip(axes, [(row.at_s, row.link) for row in samples], LINK_COLOURS, -0.27 * top, 0.1 * top)
    axes.set_ylim(-0.3 * top, 1.05 * top)
    axes.set_yticks([0, top])
    axes.set_ylabel(device, rotation=0, ha="right", va="center")


def _draw_bytes(axes: Axes, record: Record) -> None:
    """Totals by kind, stacked, over all devices; where no kinds were told, up and down."""
    rows = [(row.at_s, row.device, row.kind, row.bytes) for row in record.kinds]
    rows = rows or [
        each
        for row in record.traffic
        for each in ((row.at_s, row.device, "up", row.up_bytes), (row.at_s, row.device, "down", row.down_bytes))
    ]
    rows = _joined(rows)
    moments = sorted({at for at, *_ in rows})
    kinds = sorted({kind for _, _, kind, _ in rows}, key=lambda kind: (kind == OTHER_KINDS, kind))
    latest: dict[tuple[str, str], int] = {}
    totals: dict[str, list[float]] = {kind: [] for kind in kinds}
    by_moment: defaultdict[float, list[tuple[str, str, int]]] = defaultdict(list)
    for at, device, kind, count in rows:
        by_moment[at].append((device, kind, count))
    for at in moments:
        latest.update({(device, kind): count for device, kind, count in by_moment[at]})
        for kind in kinds:
            totals[kind].append(sum(count for (_, each), count in latest.items() if each == kind) / 1000)
    if moments:
        colours = [colour for colour, _ in zip(_colours(), kinds, strict=False)]
        axes.stackplot([at / MINUTE_S for at in moments], *totals.values(), labels=kinds, colors=colours, linewidth=0)
        axes.legend(frameon=False, loc="upper left", fontsize=7, ncols=2)
    axes.set_ylabel("KB", rotation=0, ha="right", va="center")
    axes.set_title("What the links have carried", loc="left", fontsize=9)


def _joined(rows: Sequence[tuple[float, str, str, int]]) -> list[tuple[float, str, str, int]]:
    """The same totals, with the smaller kinds as one. Rows of one moment and device are counted together."""
    largest: defaultdict[str, int] = defaultdict(int)
    for _, _, kind, count in rows:
        largest[kind] = max(largest[kind], count)
    shown = sorted(largest, key=lambda kind: -largest[kind])[:KINDS_MAX]
    totals: defaultdict[tuple[float, str, str], int] = defaultdict(int)
    for at, device, kind, count in rows:
        totals[at, device, kind if kind in shown else OTHER_KINDS] += count
    return [(at, device, kind, count) for (at, device, kind), count in totals.items()]


def _svg(name: str, size_in: tuple[float, float], draw: Callable[[Figure], None]) -> str:
    """An SVG element. `name` keeps its identifiers apart from those of other plots in the page."""
    try:
        import matplotlib as mpl
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure
    except ImportError:
        raise UserError("a report needs matplotlib, which is not installed", "pip install 'tocsin[netsim]'") from None

    with mpl.rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = Figure(figsize=size_in, layout="constrained")
        draw(figure)
        out = io.StringIO()
        FigureCanvasSVG(figure).print_svg(  # type: ignore[no-untyped-call]
            out, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    text = out.getvalue()
    text = text[text.index("<svg") :]
    # By its width in the page, not by the inches of paper; identifiers are unique in the page.
    text = re.sub(r'<svg ([^>]*?)height="[^"]+" ([^>]*?)width="[^"]+"|<svg ', r"<svg \1\2", text, count=1)
    return re.sub(r'(id="|url\(#|href="#)(?=[A-Za-z])', rf"\g<1>{name}-", text)
