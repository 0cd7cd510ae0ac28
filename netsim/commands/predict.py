"""`tocsin-netsim bench predict`: does the virtual network foretell what happens on the packet network?"""

from __future__ import annotations

import json as json_text
import sys
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from netsim.bench import predict as predicting
from netsim.bench.predict import Report
from netsim.bench.prediction import Workload
from netsim.commands.bench import TOCSIN
from netsim.profiles.library import load_profile, profile_names

EXIT_OFF = 1


def predict(
    *,
    profile: Annotated[tuple[str, ...], Parameter(consume_multiple=True, negative="")] = (),
    live: Annotated[int, Parameter(validator=Number(gte=4))] = Workload().live,
    catch_ups: Annotated[int | None, Parameter(validator=Number(gte=1))] = None,
    seed: str = "1",
    jobs: Annotated[int, Parameter(validator=Number(gte=1))] = 1,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Delivery times on the packet network beside those that the virtual network foretells, profile by profile.

    Parameters
    ----------
    profile
        Names or files of profiles; all that come with the package if none is named (most of an hour, one at a time).
    live
        How many alerts are published while the device is connected.
    catch_ups
        How many times the device catches up; 8 to 20 times, by the link's round trip, if not given. Where losses come in
        bursts it takes more for a steady median.
    seed
        Decides the outages of the links, in both networks alike, and the other chance of the packet network.
    jobs
        How many profiles are measured side by side; they share this machine's processors.
    json
        Print one JSON object instead of a table.
    """
    profiles = [load_profile(name) for name in profile or profile_names()]
    with Console(stderr=True).status("measuring …") as status:
        report = predicting.report(
            *(TOCSIN, profiles, Workload(live=live, catch_ups=catch_ups)),
            seed=seed,
            jobs=jobs,
            compared=lambda one: status.update(f"foretold {one.profile} …"),
        )
    if json:
        sys.stdout.write(json_text.dumps(report.as_json()) + "\n")
    else:
        _show(report)
    return 0 if report.holds else EXIT_OFF


def _show(report: Report) -> None:
    console = Console()
    machine = report.machine
    console.print(
        f"Delivery times, medians: real processes on the packet network, and the model. This machine's computing: "
        f"{machine.live_factor:g} times the model's for a live alert, {machine.catch_up_factor:g} times for a catch-up; "
        f"congestion control: {machine.congestion or 'unknown to the model'}.",
        soft_wrap=True,
    )
    console.print(_table(report))
    for name, words in report.failed.items():
        console.print(f"{name} was not measured: {words}", soft_wrap=True)
    console.print(_verdict(report), soft_wrap=True)


def _verdict(report: Report) -> str:
    goal = f"within {predicting.OFF_SHARE_MAX:.0%}"
    off = [f"{one.profile} {one.workload}" for one in report.compared if not one.holds]
    if not report.compared:
        return "Nothing was measured."
    return f"Not {goal}: {', '.join(off)}." if off else f"All that was measured is {goal}."


def _table(report: Report) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, collapse_padding=True)
    for heading, justify in (
        *(("profile", "left"), ("workload", "left"), ("times", "right")),
        *(("packet", "right"), ("virtual", "right"), ("off", "right")),
    ):
        table.add_column(heading, justify=justify, no_wrap=True)  # type: ignore[arg-type]
    for one in report.compared:
        pace = f"{one.workload}, each {one.every_s:g} s" if one.every_s is not None else one.workload
        times = f"{one.packet_ms:,.0f} ms", f"{one.virtual_ms:,.0f} ms"
        table.add_row(one.profile, pace, str(one.measured), *times, f"{one.off:+.0%}{'' if one.holds else ' !'}")
    return table
