"""`tocsin-netsim fuzz`: bytes from nowhere into every decoder that network bytes reach, led by coverage."""

from __future__ import annotations

import json as json_text
import random
import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from netsim.fuzz.run import Report
from netsim.fuzz.run import fuzz as fuzz_one
from netsim.fuzz.targets import DECODERS, load_target

_COUNT = Parameter(validator=Number(gte=0))
RUNS = 100_000
SEED_MAX = 2**31 - 1


def fuzz(
    *targets: str,
    runs: Annotated[int, _COUNT] = RUNS,
    seconds: Annotated[int, _COUNT] = 0,
    seed: Annotated[int | None, Parameter(validator=Number(gte=1, lte=SEED_MAX))] = None,
    findings: Path = Path("fuzz-findings"),
    corpus: Path | None = None,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Throw bytes at every decoder that network bytes reach, and look for what is not an honest refusal.

    Parameters
    ----------
    targets
        Which decoders; all of them, unless some are named.
    runs
        Inputs for each target; 0: as many as `--seconds` allows.
    seconds
        Stop a target after so long; 0: no such limit.
    seed
        Where all chance comes from; made up and printed, unless given.
    findings
        The folder where inputs that broke something are written.
    corpus
        A folder in which inputs that reach more are kept, so that the next run begins where this one ended.
    json
        Print one JSON object.
    """
    chosen = seed or random.SystemRandom().randint(1, SEED_MAX)
    reports = []
    with Console(stderr=True).status("") as status:
        for name in targets or DECODERS:
            status.update(f"{name}: {load_target(name).summary} …")
            reports.append(fuzz_one(name, runs=runs, seconds=seconds, seed=chosen, findings=findings, corpus=corpus))
    if json:
        sys.stdout.write(json_text.dumps({"seed": chosen, "targets": [_as_json(report) for report in reports]}) + "\n")
    else:
        _show(reports, chosen)
    return 1 if any(report.finding for report in reports) else 0


def _as_json(report: Report) -> dict[str, Any]:
    return {
        "target": report.target,
        "runs": report.runs,
        "coverage": report.coverage,
        "finding": str(report.finding) if report.finding else None,
        "error": report.error,
    }


def _show(reports: list[Report], seed: int) -> None:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading, justify in (("target", "left"), ("inputs", "right"), ("places reached", "right"), ("found", "left")):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]
    for report in reports:
        table.add_row(report.target, f"{report.runs:,}", f"{report.coverage:,}", report.error or "nothing")
    console = Console()
    console.print(table)
    console.print(f"Seed {seed}.")
    for report in reports:
        if report.finding:
            console.print(f"{report.target}: the input that broke it is {report.finding}", soft_wrap=True)
