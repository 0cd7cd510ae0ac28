"""`tocsin-netsim sim`: thousands of hours of bad luck in virtual time, judged after every step."""

from __future__ import annotations

import json as json_text
import os
import sys
from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.console import Console

from netsim.virtual.campaign import Verdict, run_schedule, run_seeds
from netsim.virtual.schedule import OPERATIONS, draw
from netsim.virtual.shrink import shrink

_COUNT = Parameter(validator=Number(gte=1))
_FLAG = Parameter(negative="")


@dataclass(slots=True)
class Tally:
    """What many seeds came to."""

    seeds: int = 0
    violations: int = 0
    first: Verdict | None = None
    virtual_s: float = 0.0

    def add(self, verdict: Verdict) -> None:
        """Count one seed."""
        self.seeds += 1
        self.virtual_s += verdict.virtual_s
        if verdict.violation is not None:
            self.violations += 1
            self.first = self.first or verdict

    def as_json(self) -> dict[str, int | float | None]:
        """For machines."""
        return {
            "seeds": self.seeds,
            "violations": self.violations,
            "first_failing_seed": self.first.seed if self.first else None,
            "virtual_hours": round(self.virtual_s / 3600, 1),
        }


def sim(
    *,
    seeds: Annotated[int, _COUNT] = 1000,
    first_seed: Annotated[int, Parameter(validator=Number(gte=0))] = 0,
    seed: Annotated[int | None, Parameter(validator=Number(gte=0))] = None,
    length: Annotated[int, _COUNT] = OPERATIONS,
    jobs: Annotated[int | None, _COUNT] = None,
    full: Annotated[bool, _FLAG] = False,
    json: Annotated[bool, _FLAG] = False,
) -> int:
    """Run the real core in virtual time, with kills, cuts, old copies, clones and wrong clocks, and judge every step.

    Parameters
    ----------
    seeds
        How many seeds to run.
    first_seed
        The first of them.
    seed
        Run this one only, and print what happened; one that fails is first made as short as it still fails.
    length
        Operations in a run.
    jobs
        Processes; as many as there are processors, unless told otherwise.
    full
        With --seed: print the whole run, not the shortest that fails.
    json
        Print one JSON object.
    """
    if seed is not None:
        return _repeat(seed, length, is_full=full, is_json=json)
    tally = Tally()
    with Console(stderr=True).status("simulating …") as status:
        for verdict in run_seeds(
            range(first_seed, first_seed + seeds), jobs=jobs or os.cpu_count() or 1, length=length
        ):
            tally.add(verdict)
            if tally.seeds % 500 == 0:
                status.update(f"{tally.seeds:,} of {seeds:,} seeds, {tally.violations} violations …")
    sys.stdout.write(f"{json_text.dumps(tally.as_json())}\n" if json else _words(tally))
    if tally.first is not None:
        sys.stderr.write(f"seed {tally.first.seed}: {tally.first.violation}\n{repeat_with(tally.first.seed, length)}\n")
    return 1 if tally.violations else 0


def repeat_with(seed: int, length: int) -> str:
    """The command that repeats a seed."""
    suffix = "" if length == OPERATIONS else f" --length {length}"
    return f"repeat with: tocsin-netsim sim --seed {seed}{suffix}"


def _words(tally: Tally) -> str:
    verdict = "no promise was broken" if not tally.violations else f"{tally.violations} seeds broke a promise"
    return f"{tally.seeds:,} seeds, {tally.virtual_s / 3600:,.0f} virtual hours: {verdict}.\n"


def _repeat(seed: int, length: int, *, is_full: bool, is_json: bool) -> int:
    schedule = draw(seed, length)
    verdict = run_schedule(seed, schedule, is_traced=True)
    if verdict.violation is not None and not is_full:
        schedule = shrink(seed, schedule)
        verdict = run_schedule(seed, schedule, is_traced=True)
    if is_json:
        tally = Tally()
        tally.add(verdict)
        sys.stdout.write(json_text.dumps(tally.as_json()) + "\n")
    else:
        sys.stdout.write(verdict.trace + "\n")
        sys.stdout.write(f"seed {seed}: {verdict.violation or 'no promise was broken'}\n")
        if len(schedule) < length:
            sys.stdout.write(f"operations left of {length}: {' '.join(name for name, _ in schedule)}\n")
    return 1 if verdict.violation is not None else 0
