"""`tocsin-netsim demo`: watch the main job."""

from __future__ import annotations

import asyncio
import json as json_text
import shutil
import signal
import sys
import tempfile
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
    folder = Path(tempfile.mkdtemp(prefix="tocsin-demo-"))
    try:
        result = asyncio.run(_run(folder, View(console), cap or [], max(0.0, seconds), alerts, seed))
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.stderr.write("Stopped.\n")
        sys.exit(EXIT_INTERRUPTED)
    finally:
        if keep:
            sys.stderr.write(f"Everything is kept in {folder}\n")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    if json:
        sys.stdout.write(json_text.dumps(result.as_json(), ensure_ascii=False, indent=1) + "\n")
    else:
        result.print(console)
    sys.exit(result.exit_code)


async def _run(folder: Path, view: View, caps: list[Path], seconds: float, count: int | None, seed: int) -> Result:
    task = asyncio.current_task()
    assert task is not None, "asyncio.run runs a task"
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with view:
        view.tell(
            "", "Setting up: a hub, three bad links, three devices. It all runs here, nothing leaves this machine."
        )
        async with Stage(folder, view.tell, seed=seed) as stage:
            view.devices = stage.devices
            story = Story(stage, view.tell, seconds=seconds, caps=caps, count=count)
            await story.play()
            await stage.close_stores()
            verdict = await stage.verdict()
            return Result(verdict, [Bytes.of(device) for device in stage.devices], story.refused)
