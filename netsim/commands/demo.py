"""`tocsin-netsim demo`: watch the main job."""

from __future__ import annotations

import asyncio
import json as json_text
import signal
import sys
from io import StringIO
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from cyclopts.types import PositiveInt
from rich.console import Console

from netsim.demo.result import Bytes, Result
from netsim.demo.stage import Stage
from netsim.demo.story import Story
from netsim.demo.view import View

EXIT_INTERRUPTED = 130
Flag = Annotated[bool, Parameter(negative=())]


def demo(
    *,
    cap: Annotated[list[Path] | None, Parameter(name="--cap")] = None,
    json: Annotated[bool, Parameter(name="--json", negative=())] = False,
    seconds: float = 20.0,
    alerts: PositiveInt | None = None,
    seed: int = 0,
    keep: Flag = False,
) -> None:
    """Watch a hub, three field clients and bad links: real alerts go out, and a verdict from the databases ends it.

    Everything runs on this machine, on free ports and in a temporary folder. Exit code 0: nothing was lost, nothing came
    twice. 1: something was. 130: it was stopped.

    Parameters
    ----------
    cap
        A CAP file of your own that is published too, to all three, as if it were sent now; may be repeated.
    json
        For machines: nothing but the verdict, as JSON.
    seconds
        How long the story is drawn out for a reader; the links take their time on top.
    alerts
        Publish only so many of the samples.
    seed
        Where the links' chance comes from.
    keep
        Keep the temporary folder, and say where it is.
    """
    console = Console(file=StringIO()) if json else Console(highlight=False)
    view = View(console)
    try:
        result = asyncio.run(_run(view, cap or [], max(0.0, seconds), alerts, seed, keep))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.stderr.write("Stopped; nothing is left behind.\n" if not keep else "Stopped.\n")
        sys.exit(EXIT_INTERRUPTED)
    if json:
        sys.stdout.write(json_text.dumps(result.as_json(), ensure_ascii=False, indent=1) + "\n")
    else:
        result.print(console)
    sys.exit(result.exit_code)


async def _run(view: View, caps: list[Path], seconds: float, count: int | None, seed: int, keep: bool) -> Result:
    task = asyncio.current_task()
    assert task is not None, "asyncio.run runs a task"
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with view:
        async with Stage(view.tell, seed=seed, keep=keep) as stage:
            view.devices = stage.devices
            if keep:
                view.tell("", f"Everything is kept in {stage.folder}")
            story = Story(stage, view.tell, seconds=seconds, caps=caps, count=count)
            await story.play()
            await stage.close_stores()
            verdict = await stage.verdict()
            return Result(verdict, [Bytes.of(device) for device in stage.devices], story.refused)
