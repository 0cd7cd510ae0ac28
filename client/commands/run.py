"""`tocsin-field run`: the live link, readable for people or as JSON lines for machines."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from typing import Annotated, Protocol

from cyclopts import Parameter
from cyclopts.validators import Number
from rich.console import Console

from alerts import limits
from alerts.errors import UserError
from client.dictionaries import Dictionaries
from client.events import AlarmDue, AlertArrived, ConnectionChanged, Event, LinkState
from client.exits import ExitCode
from client.field_client import FieldClient
from client.settings import Data, DictionariesSetting, Json, data_folder
from client.terminal.lines import JsonLines
from client.terminal.view import View


class Shows(Protocol):
    """What shows events."""

    def show(self, event: Event, now: int) -> None:
        """Show one event; `now` is the hub's time."""
        ...


def run(
    *,
    json: Json = False,
    bell: Annotated[bool, Parameter(help="Ring the terminal's bell for Extreme alerts.")] = True,
    keep_alive: Annotated[float | None, Parameter(validator=Number(gte=1, lt=limits.SILENT_SECONDS))] = None,
    dictionaries: DictionariesSetting = Dictionaries.AUTO,
    data: Data = None,
) -> None:
    """Keep the link to the hub and show what arrives, until Ctrl-C.

    What arrived while this device was offline is shown as one summary. Another terminal may read and acknowledge meanwhile.

    Parameters
    ----------
    keep_alive
        Seconds without a sign of the hub after which this device asks for one. Unless it is given: as long as the network
        survives, from 25 seconds to 14 minutes, learned by itself.
    dictionaries
        What to do with a dictionary that the hub offers, with which alerts take fewer bytes: auto fetches one that is
        earned back in 60 days, over links that are quick enough; always; never.
    """
    shows: Shows = JsonLines(sys.stdout) if json else View(Console(highlight=False), has_bell=bell)
    ended_by = asyncio.run(
        _run(FieldClient(data_folder(data), keepalive_s=keep_alive, dictionaries=dictionaries), shows)
    )
    if ended_by is not None:
        raise UserError(
            ended_by.words,
            "What is in the inbox stays. To go on, ask the hub's operators for a new code and join with --again.",
            exit_code=ExitCode.REVOKED,
        )


async def _run(client: FieldClient, shows: Shows) -> ConnectionChanged | None:
    """Show events until a person ends it (None) or the hub does."""
    task = asyncio.current_task()
    assert task is not None, "asyncio.run made it"
    events = client.events()
    await client.start()
    _on_termination(task.cancel)
    try:
        async for event in events:
            needs_time = isinstance(event, AlarmDue | AlertArrived)
            shows.show(event, (await client.hub_time()).now if needs_time else 0)
            if isinstance(event, ConnectionChanged) and event.state is LinkState.REVOKED:
                return event
    except asyncio.CancelledError:
        return None
    finally:
        await client.stop()
    return None


def _on_termination(stop: Callable[[], object]) -> None:
    """Ctrl-C arrives as a cancellation everywhere; SIGTERM must be asked for, where there is one."""
    if sys.platform != "win32":
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop)
