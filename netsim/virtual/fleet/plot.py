"""A run as a picture (SVG): connections, upgrade requests, and who has which alert. The same run, the same bytes."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from netsim.virtual.fleet.result import shares_over_time
from netsim.virtual.fleet.simulation import Run

POINTS = 600
"""So many points a curve: more cannot be seen, and make the file large."""
_SALT = "tocsin-netsim fleet"


def draw(run: Run, file: Path) -> None:
    """Write the picture. Raises OSError: the file cannot be written."""
    with mpl.rc_context({"svg.hashsalt": _SALT, "svg.fonttype": "none", "font.size": 9, "font.family": "sans-serif"}):
        figure = Figure(figsize=(8, 8.4), layout="constrained")
        connections, upgrades, alerts = figure.subplots(3, 1)
        _draw_connections(connections, run)
        _draw_upgrades(upgrades, run)
        _draw_alerts(alerts, run)
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})


def _hours(run: Run, edges: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    return np.asarray((run.scenario.begin_s + edges) / 3600)


def _edges(count: int) -> npt.NDArray[np.int64]:
    return np.unique(np.linspace(0, count, min(count, POINTS) + 1).astype(np.int64))[:-1]


def _draw_connections(axes: Axes, run: Run) -> None:
    edges = _edges(len(run.seconds.connected))
    axes.fill_between(_hours(run, edges), np.minimum.reduceat(run.seconds.connected, edges), lw=0, color="#9ecae1")
    axes.set(title="Connections that the hubs count", xlabel="hour", ylabel="connections", ylim=(0, None))
    axes.yaxis.set_major_formatter("{x:,.0f}")
    _mark(axes, run)


def _draw_upgrades(axes: Axes, run: Run) -> None:
    edges = _edges(len(run.seconds.asked))
    lines = (("asked", "asked", "#de2d26"), ("refused", "refused", "#fdae6b"), ("admitted", "let in", "#31a354"))
    for name, label, colour in lines:
        most = np.maximum.reduceat(getattr(run.seconds, name), edges)
        axes.plot(_hours(run, edges), np.where(most > 0, most, np.nan), color=colour, lw=0.9, label=label)
    axes.set(title="Upgrade requests, the most in a second", xlabel="hour", ylabel="per second", yscale="log")
    axes.legend(loc="upper left", frameon=False)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    _mark(axes, run)


def _draw_alerts(axes: Axes, run: Run) -> None:
    for number, published in enumerate(run.published_s):
        times = shares_over_time(run, number)
        if not len(times):
            continue
        picked = np.linspace(0, len(times) - 1, min(len(times), POINTS)).astype(np.int64)
        there = picked[np.isfinite(times[picked])]
        label = f"published at {published / 3600:.2f} h"
        axes.plot(np.maximum(times[there], 0.1), (there + 1) / len(times) * 100, lw=1.2, label=label)
    axes.set(title="Who of the reachable has an alert", xlabel="seconds after its publication", ylabel="percent")
    axes.set(xscale="log", ylim=(0, 101))
    axes.xaxis.set_major_formatter("{x:,g}")
    axes.legend(loc="upper left", frameon=False)


def _mark(axes: Axes, run: Run) -> None:
    if run.scenario.restart_s is not None:
        axes.axvline(run.scenario.restart_s / 3600, color="#636363", lw=0.8, ls="--")
