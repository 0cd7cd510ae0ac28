"""`tocsin-netsim bench watch`: how far behind the store a live page is while many acknowledge at once."""

from __future__ import annotations

import json as json_text
import sys
import tempfile
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.console import Console

from netsim.bench import watch as watching

Count = Parameter(validator=Number(gte=1))


def watch(
    *,
    devices: Annotated[int, Count] = 12_000,
    clients: Annotated[int, Count] = 200,
    chromium: str | None = None,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """How far a live page is behind the store, and the longest task of its script, while devices acknowledge at once.

    Parameters
    ----------
    devices
        How many devices the alert is for.
    clients
        How many of them have a real field client, which acknowledges.
    chromium
        The browser; else the one that is installed.
    json
        Print one JSON object.
    """
    with Console(stderr=True).status("measuring …"), tempfile.TemporaryDirectory(prefix="tocsin-watch-") as folder:
        found = watching.report(Path(folder), devices=max(devices, clients), clients=clients, chromium=chromium)
    if json:
        sys.stdout.write(json_text.dumps(found.as_json()) + "\n")
        return
    console = Console()
    console.print(
        f"{found.clients:,} of {found.devices:,} devices acknowledged; the hub had committed all within "
        f"{found.committed_ms:,.0f} ms, and the page was drawn {found.updates} times.",
        soft_wrap=True,
    )
    console.print(_against("Page behind the store, at most", found.lag_max_ms, watching.GOAL_LAG_MS), soft_wrap=True)
    console.print(f"  median {found.lag_median_ms:,.0f} ms")
    console.print(
        _against("Longest task of the page's script", found.task_max_ms, watching.GOAL_TASK_MS), soft_wrap=True
    )
    console.print(f"  of which one computed at most {found.task_cpu_max_ms:,.0f} ms")


def _against(what: str, found_ms: float, goal_ms: int) -> str:
    reached = "reached" if found_ms <= goal_ms else "missed"
    words = f"{found_ms:,.0f} ms" if found_ms else "none above 50 ms"
    return f"{what}: {words}; the goal of {goal_ms:,} ms is {reached}."
