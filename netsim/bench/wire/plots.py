"""The sizes as pictures (SVG): medians by encoding, and how they are spread. The same report, the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from netsim.bench.wire.measure import Report

BY_ENCODING, DISTRIBUTION = "wire.svg", "wire-distribution.svg"
OURS, OTHERS, SHORT, INK = "#186faf", "#9aa5b1", "#e3b23c", "#323f4b"
POINTS_MAX = 300
"""So many steps a curve: more cannot be seen, and make the file large."""
_SALT = "tocsin-netsim bench wire"


def draw(report: Report, folder: Path) -> list[Path]:
    """Write both pictures into the folder. Raises OSError: they cannot be written."""
    folder.mkdir(parents=True, exist_ok=True)
    return [
        _draw(folder / BY_ENCODING, lambda figure: _by_encoding(figure, report)),
        _draw(folder / DISTRIBUTION, lambda figure: _distribution(figure, report)),
    ]


def _draw(file: Path, draw: Callable[[Figure], None]) -> Path:
    style = {"svg.hashsalt": _SALT, "svg.fonttype": "none", "font.size": 9, "font.family": "sans-serif"}
    style |= {"text.color": INK, "axes.labelcolor": INK, "axes.spines.top": False, "axes.spines.right": False}
    with mpl.rc_context(style):  # type: ignore[arg-type]  # the stubs want each key by name
        figure = Figure(figsize=(8, 4.6), layout="constrained")
        draw(figure)
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    return file


def _is_ours(name: str) -> bool:
    return name.startswith("tocsin")


def _by_encoding(figure: Figure, report: Report) -> None:
    figures = report.as_json()["encodings"]
    names = list(figures)
    axes = figure.subplots()
    all_of_them = [figures[name]["median"] for name in names]
    short = [figures[name]["short_median"] or 0 for name in names]
    places = range(len(names))
    bars = axes.barh(
        places, all_of_them, height=0.42, align="edge", color=[OURS if _is_ours(name) else OTHERS for name in names]
    )
    axes.bar_label(bars, fmt="{:,.0f}", padding=3, fontsize=8)
    axes.bar_label(
        axes.barh(places, short, height=-0.42, align="edge", color=SHORT, label="short alerts"),
        fmt="{:,.0f}",
        padding=3,
        fontsize=8,
    )
    axes.set_yticks(list(places), names)
    axes.invert_yaxis()
    axes.set_xlabel(f"bytes of the message, median of {len(report.alerts):,} alerts")
    axes.legend(frameon=False, loc="lower right")


def _distribution(figure: Figure, report: Report) -> None:
    axes = figure.subplots()
    for index, (name, sizes) in enumerate(report.sizes.items()):
        ordered = sorted(sizes.message)
        steps = sorted({round(step * (len(ordered) - 1) / POINTS_MAX) for step in range(POINTS_MAX + 1)})
        axes.step(
            [ordered[step] for step in steps],
            [100 * (step + 1) / len(ordered) for step in steps],
            where="post",
            label=name,
            linewidth=2.0 if _is_ours(name) else 1.0,
            color=mpl.colormaps["tab20"](index % 20),
        )
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.set(xlabel="bytes of the message", ylabel="% of the alerts have at most so many", ylim=(0, 101))
    axes.grid(visible=True, which="major", color="#e4e7eb")
    axes.legend(frameon=False, fontsize=8)
