"""`python -m netsim.site.field_child SETTINGS`: a device, an application that embeds the field client.

SETTINGS (JSON): folder, ledger, store_life, life, clock_offset_s, boot, keepalive_s. Whatever it does to the world it first
writes to its ledger (`netsim.site.ledger`). Obeys

    acknowledge  count, seed      the person acknowledges so many alerts in force, the most urgent first
    languages    languages        the person wants other languages
    connect                       the person picks the device up: do not wait any longer
    roll_call                     have the hub list everything
    clock        offset_s         the wall clock is set
    stop                          say goodbye, and end

and says "started" when the client runs, "state" (state, trouble, words) whenever its link changes.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path

from alerts.errors import UserError
from client import AlarmDue, AlertArrived, ConnectionChanged, Event, FieldClient
from client.clocks import Clocks, system_clocks
from netsim.site.child import Message, obey, run_or_refuse, settings_of, tell
from netsim.site.ledger import LedgerWriter
from netsim.site.shifted_clock import ShiftedClock

ALARM_PATIENCE_S = 1.0


class Application:
    """One life of it."""

    def __init__(self, asked: Message, clock: ShiftedClock) -> None:
        clocks = system_clocks()
        self._client = FieldClient(
            Path(asked["folder"]),
            clocks=Clocks(clocks.monotonic, clocks.boot + asked["boot"]),
            keepalive_s=asked["keepalive_s"],
            alarm_patience_s=ALARM_PATIENCE_S,
        )
        self._ledger = LedgerWriter(Path(asked["ledger"]), asked["store_life"], asked["life"])
        self._clock = clock
        self._batch = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Until `stop`, or a kill."""
        self._client.on_event(self._told)
        await self._client.start()
        tell("started")
        await obey(
            {
                "acknowledge": lambda command: self._do(self._acknowledge(command["count"])),
                "languages": lambda command: self._do(self._client.set_languages(tuple(command["languages"]))),
                "connect": lambda _: self._client.connect_now(),
                "roll_call": lambda _: self._client.ask_roll_call(),
                "clock": self._set_clock,
            }
        )
        if self._tasks:
            await asyncio.wait(self._tasks)
        await self._client.stop()

    def _do(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(_as_far_as_possible(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _set_clock(self, command: Message) -> None:
        self._clock.offset_s = float(command["offset_s"])

    async def _acknowledge(self, count: int) -> None:
        waiting = [entry for entry in await self._client.inbox(in_force=True) if entry.receipt is None]
        for entry in waiting[:count]:
            await self._client.acknowledge(entry.key)
            self._ledger.acknowledged(entry.key, self._clock.real())

    def _told(self, event: Event) -> None:
        match event:
            case AlertArrived(entry):
                self._ledger.arrived(entry.key, entry.number, self._clock.real())
            case AlarmDue(entries):
                self._batch += 1
                self._ledger.alarmed(self._batch, [entry.key for entry in entries], self._clock.real())
            case ConnectionChanged(state):
                tell("state", state=state.name, trouble=event.trouble.name if event.trouble else "", words=event.words)


async def _as_far_as_possible(work: Coroutine[object, object, None]) -> None:
    try:
        await work
    except (UserError, OSError) as error:  # the disk is full, the store is locked: the person sees that it did not work
        tell("failed", words=str(error))


async def _run(asked: Message) -> None:
    clock = ShiftedClock(asked["clock_offset_s"])
    clock.take_over()
    await Application(asked, clock).run()


def main(arguments: Sequence[str]) -> int:
    """One argument: the settings."""
    return run_or_refuse(_run(settings_of(arguments)))


if __name__ == "__main__":
    sys.exit(main(sys.argv))
