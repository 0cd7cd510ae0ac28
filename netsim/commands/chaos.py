"""`tocsin-netsim chaos`: real hubs and devices under random faults and work, judged from their stores."""

from __future__ import annotations

import json as json_text
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from cyclopts.types import NonNegativeInt, PositiveFloat, PositiveInt
from rich.console import Console

from alerts.errors import UserError
from netsim.chaos.many import Task, run_many
from netsim.chaos.options import Options, ToxiproxyKind, Via
from netsim.chaos.record import FILE, read_record
from netsim.chaos.shrinking import shrink as shrink_places
from netsim.chaos.single import run_one, schedule_of
from netsim.chaos.summary import print_many, print_one
from netsim.chaos.virtual import run_one_virtual
from netsim.profiles.library import load_profile, profile_names
from netsim.signal_handling import on_signal

EXIT_INTERRUPTED = 130
ALL = "all"
Flag = Annotated[bool, Parameter(negative=())]


def chaos(
    *,
    profile: Annotated[list[str], Parameter(negative=())],
    minutes: PositiveFloat = 2.0,
    seed: NonNegativeInt | None = None,
    via: Via = "toxiproxy",
    toxiproxy: ToxiproxyKind = "auto",
    devices: PositiveInt = 3,
    faults: str = "all",
    json: Annotated[bool, Parameter(name="--json", negative=())] = False,
    report: Path | None = None,
    keep: Path | None = None,
    shrink: NonNegativeInt = 0,
    only: str | None = None,
    quiet: Flag = False,
) -> None:
    """Run a real hub and real devices on bad links, under random faults and work, and judge their stores at the end.

    Exit code 0: nothing was lost, shown twice, or falsely acknowledged. 1: something was. 130: it was stopped.

    Parameters
    ----------
    profile
        The links: a profile's name or file; may be repeated, "all" is every profile of the package. Several run side by side.
    minutes
        How long faults and work go on; settling takes its time on top.
    seed
        Where the schedule comes from; drawn, and said, unless given. The second profile has the next one, and so on.
    via
        What makes the links bad: a TCP proxy, true packet loss under the machine's TCP, or the model in virtual time.
    toxiproxy
        With --via toxiproxy: the real server, the embedded one, or the real one where this machine has it.
    devices
        Devices on each site.
    faults
        Names of faults, with commas between; all, or none.
    json
        For machines: one JSON object, a list of them for several profiles.
    report
        Write an HTML page about the campaign; with several profiles one page each, with its name in the file's.
    keep
        Run in this folder, and leave everything in it; one that failed is kept anyway, and its folder named.
    shrink
        Make a schedule that failed shorter, by at most so many more runs; of one campaign of real processes.
    only
        Of the schedule only these places, with commas between, as a shrunk campaign says them.
    quiet
        Say nothing while it runs.
    """
    names = [name for given in profile for name in (profile_names() if given == ALL else [given])]
    drawn = random.SystemRandom().randrange(2**32) if seed is None else seed
    places = None if only is None else _places(only)
    if shrink and (len(names) > 1 or via == "virtual"):
        raise UserError(
            "--shrink is for one campaign of real processes",
            "Give one --profile; of a virtual campaign the seed is enough, it repeats exactly.",
            exit_code=2,
        )
    asked = [
        Options(name, minutes, drawn + index, via, toxiproxy, devices, faults, places)
        for index, name in enumerate(names)
    ]
    for options in asked:
        schedule_of(options, load_profile(options.profile))  # what cannot be is said before anything starts
    say = (lambda _: None) if quiet else _say
    try:
        with on_signal(_interrupt, signal.SIGTERM):  # as Ctrl-C does: hub and devices are ended too
            found = [_one(asked[0], keep, report, shrink, say)] if len(asked) == 1 else _many(asked, keep, report, say)
    except KeyboardInterrupt:
        sys.stderr.write("Stopped.\n")
        sys.exit(EXIT_INTERRUPTED)
    if json:
        sys.stdout.write(json_text.dumps(found[0] if len(asked) == 1 else found) + "\n")
    elif len(asked) == 1:
        print_one(Console(highlight=False, soft_wrap=True), found[0], found[0]["repeat"])
    else:
        print_many(Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 160), found)
    sys.exit(0 if all(one["ok"] for one in found) else 1)


def _places(words: str) -> tuple[int, ...]:
    try:
        return tuple(int(word) for word in words.split(",") if word.strip())
    except ValueError:
        raise UserError(f"--only {words!r} are no places: numbers with commas between", exit_code=2) from None


def _say(words: str) -> None:
    sys.stderr.write(words + "\n")
    sys.stderr.flush()


def _interrupt() -> None:
    raise KeyboardInterrupt


def _one(
    options: Options, keep: Path | None, report: Path | None, reruns_max: int, say: Callable[[str], None]
) -> dict[str, Any]:
    if options.via == "virtual":
        if report is not None:
            raise UserError(
                "a virtual campaign has no record, so no page", "With --keep FOLDER it leaves its trace.", 2
            )
        return run_one_virtual(options, keep)
    folder = keep or Path(tempfile.mkdtemp(prefix="tocsin-chaos-"))
    is_kept = keep is not None
    try:
        outcome = run_one(options, folder, say)
        found = outcome.as_json() | {"repeat": options.command}
        if not outcome.is_clean:
            is_kept = True
            say(f"everything is kept in {folder}")
            if reruns_max:
                found["repeat"] = found["shrunk"] = _shrunk(options, found, reruns_max, say)
        if report is not None:
            _write_report(folder, report)
        return found
    finally:
        if not is_kept:
            shutil.rmtree(folder, ignore_errors=True)


def _many(
    asked: list[Options], keep: Path | None, report: Path | None, say: Callable[[str], None]
) -> list[dict[str, Any]]:
    folder = keep or Path(tempfile.mkdtemp(prefix="tocsin-chaos-"))
    is_kept = True
    tasks = []
    for options in asked:
        name = Path(options.profile).stem
        page = None if report is None else report.with_name(f"{report.stem}-{name}{report.suffix}")
        tasks.append(Task(options, folder / name, page))
    try:
        found = run_many(tasks, say)
        is_kept = keep is not None or not all(one["ok"] for one in found)
        if is_kept:
            say(f"everything is kept in {folder}")
        return found
    finally:
        if not is_kept:
            shutil.rmtree(folder, ignore_errors=True)


def _shrunk(options: Options, found: dict[str, Any], reruns_max: int, say: Callable[[str], None]) -> str:
    """The command of a shorter campaign that fails in the same way."""
    kinds = set(found["wrong"])

    def still_fails(places: tuple[int, ...]) -> bool:
        say(f"again with {len(places)} places of the schedule …")
        with tempfile.TemporaryDirectory(prefix="tocsin-chaos-") as folder:
            again = run_one(replace(options, only=places), Path(folder), lambda _: None)
        return bool(kinds & set(again.wrong)) if kinds else not again.is_clean

    places = shrink_places(schedule_of(options, load_profile(options.profile)).indexes, still_fails, reruns_max)
    return replace(options, only=places).command


def _write_report(folder: Path, report: Path) -> None:
    from netsim.report.page import page  # brings matplotlib

    try:
        report.write_bytes(page(read_record(folder / FILE)))
    except OSError as error:
        raise UserError(f"{report} cannot be written: {error.strerror}") from None
