"""`tocsin-netsim fleet`: a million devices at one hub, or below a tree of relays, counted second by second."""

from __future__ import annotations

import json as json_text
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from alerts.errors import UserError
from netsim.profiles import load_profile

if TYPE_CHECKING:
    from netsim.virtual.fleet.result import Node, Result, Times
    from netsim.virtual.fleet.scenario import Scenario
    from netsim.virtual.fleet.simulation import Run

DEVICES_MAX = 20_000_000
NEEDED = ("numpy", "matplotlib")
_COUNT = Parameter(validator=Number(gte=1))
_FLAG = Parameter(negative="")
_SEVERAL = Parameter(negative="")
_HOUR = Parameter(validator=Number(gte=0, lte=24 * 14))


def fleet(
    *,
    devices: Annotated[int, Parameter(validator=Number(gte=1, lte=DEVICES_MAX))] = 1_000_000,
    profile: Annotated[tuple[str, ...], _SEVERAL] = (),
    habit: Annotated[tuple[str, ...], _SEVERAL] = (),
    relays: str = "none",
    relay_link: str | None = None,
    begin: Annotated[float, _HOUR] = 0.0,
    hours: Annotated[float, Parameter(validator=Number(gt=0, lte=24 * 14))] = 24.0,
    alert_at: Annotated[tuple[float, ...], _SEVERAL] = (),
    cut: str | None = None,
    restart_at: Annotated[float, _HOUR] = 12.0,
    restart: Literal["top", "one", "all", "none"] = "top",
    down_s: Annotated[float, Parameter(validator=Number(gte=0))] = 10.0,
    goodbye: Literal["told", "booked", "killed"] = "told",
    admission: Literal["on", "off", "booked"] = "on",
    backoff: Literal["full", "none"] = "full",
    connects_per_second: Annotated[float | None, Parameter(validator=Number(gt=0))] = None,
    connections_max: Annotated[int | None, _COUNT] = None,
    cores: Annotated[float | None, Parameter(validator=Number(gt=0))] = None,
    seed: Annotated[int, Parameter(validator=Number(gte=0))] = 1,
    plot: Path | None = None,
    json: Annotated[bool, _FLAG] = False,
) -> None:
    """Simulate a whole fleet: when who has an alert, what a restart does, connections, upgrade requests and bytes.

    Hours are counted from the first midnight of the fleet's one time zone.

    Parameters
    ----------
    devices
        Devices in the field.
    profile
        NAME[=SHARE]: links of the fleet, again for each; see `tocsin-netsim profiles`. Without: a mix.
    habit
        NAME[=SHARE]: when devices are on, again for each: worker, saver, clinic, keeper. Without: a mix.
    relays
        none, or DEPTH,FANOUT: levels of relays below the hub, and how many below each; devices are at the lowest.
    relay_link
        The profile between a relay and its parent.
    begin
        The hour at which the run begins.
    hours
        How long it lasts.
    alert_at
        The hour of an alert to everyone, again for each. Without: an hour before the restart, and right after it.
    cut
        HOUR,SHARE,MINUTES: the power of a region fails, and so large a share of all links is out for so long.
    restart_at
        The hour of the restart.
    restart
        What restarts: the top, one of the lowest hubs, all, or none.
    down_s
        Seconds from the last goodbye until the hub listens again.
    goodbye
        What a hub does that stops: told, as it is; booked, a proposal: everybody a turn of its own; killed, nothing.
    admission
        Who may come in: on, as it is; off, everybody; booked, a proposal: who is refused gets a turn.
    backoff
        How devices come back: full, as it is; none, at once and whatever they were told.
    connects_per_second
        Devices that each hub lets in a second; without, the default of `tocsin-hub`.
    connections_max
        Devices that each hub lets in at all; without, its default, or as many as it has where that is more.
    cores
        Processor cores of each hub; without, one for each 20,000 devices.
    seed
        Where all chance comes from.
    plot
        Write a picture of the run there, as SVG.
    json
        Print one JSON object.
    """
    _check_installed()
    from netsim.virtual.fleet import scenario as scenarios
    from netsim.virtual.fleet.result import summarise

    tree = scenarios.read_tree(relays)
    restart_hour = None if restart == "none" else restart_at
    scenario = scenarios.Scenario(
        devices=devices,
        links=scenarios.read_links(profile),
        relay_link=load_profile(relay_link or scenarios.RELAY_LINK),
        habits=scenarios.read_habits(habit),
        tree=tree,
        begin_s=begin * 3600,
        hours=hours,
        alerts_s=scenarios.read_alerts(alert_at, restart_hour, begin, hours),
        cut=scenarios.read_cut(cut),
        restart_s=None if restart_hour is None else restart_hour * 3600,
        restarted="top" if restart == "none" else restart,
        down_s=down_s,
        limits=scenarios.limits_of(tree, devices, connects_per_second, connections_max),
        cores=cores,
        backoff=backoff,
        admission=admission,
        stopping=goodbye,
        seed=seed,
    )
    run = _run(scenario)
    if plot is not None:
        _draw(run, plot)
    result = summarise(run)
    if json:
        sys.stdout.write(json_text.dumps(result.as_json()) + "\n")
    else:
        _show(scenario, result)


def _check_installed() -> None:
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        hint = "Install them with: pip install 'tocsin[netsim]'"
        raise UserError(f"fleet needs {' and '.join(missing)}, which are not installed", hint)


def _run(scenario: Scenario) -> Run:
    from netsim.virtual.fleet.simulation import Simulation
    from netsim.virtual.fleet.sizes import measure_sizes

    with Console(stderr=True).status("measuring what a device and a hub say to each other …") as status:
        simulation = Simulation(scenario, measure_sizes(len(scenario.alerts_s)))

        def passed(second: int) -> None:
            if second % 60 == 0:
                status.update(f"hour {(scenario.begin_s + second) / 3600:.2f} of {_end_hour(scenario):g} …")

        return simulation.run(passed)


def _end_hour(scenario: Scenario) -> float:
    return scenario.begin_s / 3600 + scenario.hours


def _draw(run: Run, file: Path) -> None:
    from netsim.virtual.fleet.plot import draw

    try:
        draw(run, file)
    except OSError as error:
        raise UserError(f"the picture {file} cannot be written: {error.strerror}", "Check --plot.") from None


# -- for people -------------------------------------------------------------------------------------------------------


def _show(scenario: Scenario, result: Result) -> None:
    console = Console(highlight=False)
    levels = "one level" if scenario.tree.depth == 1 else f"{scenario.tree.depth} levels"
    below = f"{result.relays:,} relays in {levels}" if result.relays else "one hub"
    hours = f"from {_clock(scenario.begin_s)} for {result.hours:g} hours"
    console.print(f"{result.devices:,} devices at {below}, {hours}, seed {result.seed}.", soft_wrap=True)
    console.print(_alerts(result))
    console.print(_upgrades(result))
    if result.back is not None and scenario.restart_s is not None:
        console.print(
            f"Restart ({scenario.restarted}) at {_clock(scenario.restart_s)}: of {result.connected_before:,} connections "
            f"half are back after {_seconds(result.back, '50')}, 90 % after {_seconds(result.back, '90')}, "
            f"99 % after {_seconds(result.back, '99')}.",
            soft_wrap=True,
        )
    console.print(_bytes(result))
    console.print(
        f"A device: {result.device_bytes_mean:,.0f} bytes on average, 1 in 100 more than "
        f"{result.device_bytes_p99:,.0f}, at most {result.device_bytes_max:,.0f}.",
        soft_wrap=True,
    )
    if result.relays:
        console.print(_load("The hub at the top", "relays", result.top), soft_wrap=True)
        console.print(_load("The busiest of the lowest", "devices", result.lowest), soft_wrap=True)
    else:
        console.print(_load("The hub", "devices", result.top), soft_wrap=True)


def _table(*headings: str) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number else "left", no_wrap=True)
    return table


def _alerts(result: Result) -> Table:
    table = _table("alert at", "reachable", "50 % after", "90 %", "99 %", "have it in the end")
    for one in result.deliveries:
        times = (_seconds(one.seconds, percent) for percent in ("50", "90", "99"))
        table.add_row(_clock(one.published_hour * 3600), f"{one.reachable:,}", *times, f"{one.have_it:,}")
    return table


def _upgrades(result: Result) -> Table:
    table = _table("upgrade requests", "peak asked", "let in", "refused", "all asked", "let in", "refused")
    for name, one in (("before", result.before), ("after", result.after)):
        if one is not None:
            peaks = (one.asked_peak, one.admitted_peak, one.refused_peak, one.asked, one.admitted, one.refused)
            table.add_row(name if result.after else "all the time", *map(_count, peaks))
    return table


def _bytes(result: Result) -> Table:
    table = _table("bytes", "times", "up", "down")
    for name, kind in result.bytes_by_kind.items():
        table.add_row(name, f"{kind.count:,}", f"{kind.up:,}", f"{kind.down:,}")
    total = result.bytes_by_kind.values()
    table.add_row("together", "", f"{sum(kind.up for kind in total):,}", f"{sum(kind.down for kind in total):,}")
    return table


def _load(who: str, of: str, node: Node) -> str:
    return (
        f"{who}: {node.connections_of:,} {of}, {node.bytes:,} bytes; in its worst second {node.asked_peak:,} asked to come "
        f"in, at most {node.admitted_peak:,} were let in. Cores: {node.cores:g}; to answer all of that second "
        f"{node.cores_needed:g}, for keep-alives {node.keepalive_cores:g}."
    )


def _count(value: int) -> str:
    return f"{value:,}" if value < 10_000_000 else f"{value / 1e6:,.1f} M"


def _seconds(times: Times, percent: str) -> str:
    value = times[percent]
    if value is None:
        return "never"
    return f"{value:,.1f} s" if value < 600 else f"{value / 60:,.0f} min"


def _clock(second: float) -> str:
    minutes, seconds = divmod(round(second), 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}" + (f":{seconds:02d}" if seconds else "")
